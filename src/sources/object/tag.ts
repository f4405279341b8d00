/** The tag of a program (kernel/bpf/core.c:bpf_prog_calc_tag; since Linux 6.18 it is a SHA-256, before a SHA-1). */
import { hash } from "node:crypto";
import { INSN_SIZE, LD_IMM64 } from "../../insn/insn.ts";
import { IMM64_KIND } from "../../insn/opcodes.ts";

const TAG_SIZE = 8;
/** Bytes from the start of an instruction to its immediate. */
const IMM = 4;

/** Of the instructions as they are loaded, in either byte order; the numbers of maps in them do not count. */
export function progTag(bytes: Uint8Array, littleEndian: boolean): Uint8Array {
  const counted = new Uint8Array(bytes);
  const view = new DataView(counted.buffer);
  for (let at = counted.indexOf(LD_IMM64); at >= 0; at = counted.indexOf(LD_IMM64, at + 1)) {
    if (at % INSN_SIZE !== 0 || !isMapLoad(view.getUint8(at + 1), littleEndian)) continue;
    view.setUint32(at + IMM, 0);
    at += INSN_SIZE;
    if (at < counted.length && view.getUint32(at) === 0) view.setUint32(at + IMM, 0);
    at += INSN_SIZE - 1;
  }
  return Uint8Array.from(hash("sha256", counted, "buffer").subarray(0, TAG_SIZE));
}

function isMapLoad(regs: number, littleEndian: boolean): boolean {
  const src = littleEndian ? regs >> 4 : regs & 0x0f;
  return src === IMM64_KIND.MAP_FD || src === IMM64_KIND.MAP_VALUE;
}
