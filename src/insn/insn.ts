/**
 * The eight bytes of a BPF instruction (struct bpf_insn of include/uapi/linux/bpf.h).
 *
 *     byte  0     1          2..3       4..7
 *          code  src<<4|dst  off (s16)  imm (s32)
 *
 * Decoding is lossless. A 64-bit immediate load (code 0x18) stays two slots; a pc counts slots.
 */
export interface Insn {
  /** Opcode byte, 0x00..0xff. */
  readonly code: number;
  readonly dst: number;
  readonly src: number;
  /** Signed 16 bits. */
  readonly off: number;
  /** Signed 32 bits. */
  readonly imm: number;
}

/** Bytes of one slot. */
export const INSN_SIZE = 8;

/** The instructions of one program, decoded when asked for. Any bytes will do: what is no whole slot is left over. */
export class InsnArray {
  readonly bytes: Uint8Array;
  /** Number of whole slots. */
  readonly length: number;
  readonly #view: DataView;
  readonly #littleEndian: boolean;

  constructor(bytes: Uint8Array, littleEndian = true) {
    this.bytes = bytes;
    this.length = Math.floor(bytes.length / INSN_SIZE);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = littleEndian;
  }

  /** Bytes behind the last whole slot. */
  get leftOver(): number {
    return this.bytes.length - this.length * INSN_SIZE;
  }

  /** The instruction in slot `pc`; undefined past the end. */
  at(pc: number): Insn | undefined {
    if (pc < 0 || pc >= this.length) return undefined;
    const offset = pc * INSN_SIZE;
    const regs = this.#view.getUint8(offset + 1);
    return {
      code: this.#view.getUint8(offset),
      dst: this.#littleEndian ? regs & 0x0f : regs >> 4,
      src: this.#littleEndian ? regs >> 4 : regs & 0x0f,
      off: this.#view.getInt16(offset + 2, this.#littleEndian),
      imm: this.#view.getInt32(offset + 4, this.#littleEndian),
    };
  }

  /** The bytes of `slots` slots from `pc` on, as they lie in memory. */
  slice(pc: number, slots: number): Uint8Array {
    return this.bytes.subarray(pc * INSN_SIZE, (pc + slots) * INSN_SIZE);
  }

  /**
   * Each instruction with its pc and how many slots it takes: 2 for a 64-bit immediate load, else 1. From slot
   * `start`, where an instruction must begin, up to slot `end`.
   */
  *instructions(start = 0, end = this.length): Generator<{ pc: number; insn: Insn; slots: 1 | 2 }> {
    for (let pc = start; pc < end; ) {
      const insn = this.at(pc) as Insn;
      const slots = insn.code === LD_IMM64 ? 2 : 1;
      yield { pc, insn, slots };
      pc += slots;
    }
  }
}

/** BPF_LD | BPF_IMM | BPF_DW. */
export const LD_IMM64 = 0x18;
