/** Instructions of the probes, in the byte order of this machine (include/linux/filter.h). */
import { HOST_LITTLE_ENDIAN } from "../../../bytes/host.ts";
import { INSN_SIZE, type Insn } from "../../../insn/insn.ts";

/** Where the immediate stands in an instruction. */
const IMM = 4;

type Fields = Partial<Omit<Insn, "code">>;

function insn(code: number, fields: Fields = {}): Insn {
  return { code, dst: 0, src: 0, off: 0, imm: 0, ...fields };
}

export const EXIT = insn(0x95);

/** `r0 = imm` */
export function setR0(imm: number): Insn {
  return insn(0xb7, { imm });
}

/** `r0 -= imm` */
export function lowerR0(imm: number): Insn {
  return insn(0x17, { imm });
}

/** `r0 = src` */
export function copyToR0(src: number): Insn {
  return insn(0xbf, { src });
}

export function callHelper(id: number): Insn {
  return insn(0x85, { imm: id });
}

/** `if r0 != imm`: since the first instruction set. */
export function jumpIfNot(imm: number, off: number): Insn {
  return insn(0x55, { imm, off });
}

/** `if r0 < imm`: instruction set v2. */
export function jumpIfLess(imm: number, off: number): Insn {
  return insn(0xa5, { imm, off });
}

/** `if w0 < imm`: instruction set v3. */
export function jumpIfLess32(imm: number, off: number): Insn {
  return insn(0xa6, { imm, off });
}

/** `if w0 == imm`: instruction set v3. */
export function jumpIfEqual32(imm: number, off: number): Insn {
  return insn(0x16, { imm, off });
}

/** `gotol`: instruction set v4. */
export function longJump(imm: number): Insn {
  return insn(0x06, { imm });
}

/** Makes the call at `pc` one of another helper. */
export function setHelper(insns: Uint8Array, pc: number, id: number): void {
  const view = new DataView(insns.buffer, insns.byteOffset, insns.byteLength);
  view.setInt32(pc * INSN_SIZE + IMM, id, HOST_LITTLE_ENDIAN);
}

/** As the kernel wants them. */
export function assemble(...insns: readonly Insn[]): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(insns.length * INSN_SIZE));
  const view = new DataView(bytes.buffer);
  for (const [pc, { code, dst, src, off, imm }] of insns.entries()) {
    const at = pc * INSN_SIZE;
    view.setUint8(at, code);
    view.setUint8(at + 1, HOST_LITTLE_ENDIAN ? (src << 4) | dst : (dst << 4) | src);
    view.setInt16(at + 2, off, HOST_LITTLE_ENDIAN);
    view.setInt32(at + IMM, imm, HOST_LITTLE_ENDIAN);
  }
  return bytes;
}
