/** The fields that a loader reads in instructions, and writes there (struct bpf_insn of include/uapi/linux/bpf.h). */
import { INSN_SIZE } from "../../insn/insn.ts";
import { CODE } from "../../insn/opcodes.ts";

/** Of the instructions of a program or a function, by slot. */
export class InsnFields {
  readonly #view: DataView;
  readonly #littleEndian: boolean;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#littleEndian = littleEndian;
  }

  isCall(pc: number): boolean {
    return this.#view.getUint8(pc * INSN_SIZE) === CODE.CALL;
  }

  source(pc: number): number {
    const regs = this.#view.getUint8(pc * INSN_SIZE + 1);
    return this.#littleEndian ? regs >> 4 : regs & 0x0f;
  }

  imm(pc: number): number {
    return this.#view.getInt32(pc * INSN_SIZE + 4, this.#littleEndian);
  }

  setSource(pc: number, source: number): void {
    const at = pc * INSN_SIZE + 1;
    const regs = this.#view.getUint8(at);
    this.#view.setUint8(at, this.#littleEndian ? (source << 4) | (regs & 0x0f) : (regs & 0xf0) | source);
  }

  /** A load may lack its second slot: nothing is written past the end. */
  setImm(pc: number, value: number): void {
    const at = pc * INSN_SIZE + 4;
    if (at + 4 <= this.#view.byteLength) this.#view.setInt32(at, value, this.#littleEndian);
  }
}
