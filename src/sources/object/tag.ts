/** The tag of a program (kernel/bpf/core.c:bpf_prog_calc_tag; since Linux 6.18 it is a SHA-256, before a SHA-1). */
import { createHash } from "node:crypto";
import { INSN_SIZE, LD_IMM64 } from "../../insn/insn.ts";
import { IMM64_KIND } from "../../insn/opcodes.ts";

const TAG_SIZE = 8;

/** Of the instructions as they are loaded, in either byte order; the numbers of maps in them do not count. */
export function progTag(bytes: Uint8Array, littleEndian: boolean): Uint8Array {
  const counted = new Uint8Array(bytes);
  for (let at = counted.indexOf(LD_IMM64); at >= 0; at = counted.indexOf(LD_IMM64, at + 1)) {
    if (at % INSN_SIZE !== 0 || !isMapLoad(counted, at, littleEndian)) continue;
    const next = at + INSN_SIZE;
    counted.fill(0, at + 4, next);
    if (counted.subarray(next, next + 4).every((byte) => byte === 0))
      counted.fill(0, next + 4, next + INSN_SIZE);
    at = next + INSN_SIZE - 1;
  }
  return Uint8Array.from(createHash("sha256").update(counted).digest().subarray(0, TAG_SIZE));
}

function isMapLoad(bytes: Uint8Array, at: number, littleEndian: boolean): boolean {
  const regs = bytes[at + 1] as number;
  const src = littleEndian ? regs >> 4 : regs & 0x0f;
  return src === IMM64_KIND.MAP_FD || src === IMM64_KIND.MAP_VALUE;
}
