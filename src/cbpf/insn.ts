/** A classic BPF instruction and its binary form: struct sock_filter of linux/filter.h, eight bytes. */

/** All fields are unsigned. */
export interface ClassicInsn {
  /** 16 bits. */
  readonly code: number;
  /** Jump offsets of 8 bits, from the next instruction: where the condition holds, and where not. */
  readonly jt: number;
  readonly jf: number;
  /** 32 bits: a constant, an offset into the packet, a memory slot or the offset of `ja`. */
  readonly k: number;
}

/** Bytes of one. */
export const INSN_SIZE = 8;

/** What a program can hold at all: struct sock_fprog counts in 16 bits. */
export const MAX_INSNS = 0xffff;

/** Only whole instructions: bytes behind the last of them are left alone. */
export function decodeInsns(bytes: Uint8Array, littleEndian: boolean): ClassicInsn[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / INSN_SIZE) }, (_, index) => {
    const at = index * INSN_SIZE;
    return {
      code: view.getUint16(at, littleEndian),
      jt: view.getUint8(at + 2),
      jf: view.getUint8(at + 3),
      k: view.getUint32(at + 4, littleEndian),
    };
  });
}
