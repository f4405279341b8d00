/** Instructions as bytes. */

/** One little-endian slot. */
export function insn(code: number, { dst = 0, src = 0, off = 0, imm = 0 } = {}): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, code);
  view.setUint8(1, (src << 4) | dst);
  view.setInt16(2, off, true);
  view.setInt32(4, imm | 0, true);
  return bytes;
}

/** Slots in a row. */
export function insns(...slots: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(slots.flatMap((slot) => [...slot]));
}

export const MOV_R0_0 = insn(0xb7);
export const EXIT = insn(0x95);

/** u32 values in a row, little-endian: func_info and line_info records. */
export function u32s(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}
