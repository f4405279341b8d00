/**
 * The fields of an opcode byte and the words that the kernel's disassembler uses for their values
 * (kernel/bpf/disasm.c; include/uapi/linux/bpf_common.h and bpf.h).
 *
 *     ALU, JMP:   op (4 bits) | source bit 0x08 | class (3 bits)
 *     LD, ST:   mode (3 bits) | size (2 bits)   | class (3 bits)
 */

export const CLASS = { LD: 0, LDX: 1, ST: 2, STX: 3, ALU: 4, JMP: 5, JMP32: 6, ALU64: 7 } as const;

/** Set where the second operand is a register (BPF_X), clear where it is the immediate (BPF_K). */
export const SRC_X = 0x08;

export const MODE = { IMM: 0x00, ABS: 0x20, IND: 0x40, MEM: 0x60, MEMSX: 0x80, ATOMIC: 0xc0 } as const;

export const ALU_OP = {
  ADD: 0x00,
  SUB: 0x10,
  DIV: 0x30,
  NEG: 0x80,
  MOD: 0x90,
  MOV: 0xb0,
  END: 0xd0,
} as const;

export const JMP_OP = { JA: 0x00, CALL: 0x80, EXIT: 0x90 } as const;

/** src_reg of a call: a helper by number, another function of the program, a kernel function by BTF id. */
export const CALL_KIND = { HELPER: 0, SUBPROG: 1, KFUNC: 2 } as const;

/** src_reg of a 64-bit immediate load (BPF_PSEUDO_*). */
export const IMM64_KIND = {
  MAP_FD: 1,
  MAP_VALUE: 2,
  BTF_ID: 3,
  FUNC: 4,
  MAP_IDX: 5,
  MAP_IDX_VALUE: 6,
} as const;

/** Whole opcodes that have forms of their own. */
export const CODE = {
  GOTO: 0x05,
  GOTOL: 0x06,
  GOTOX: 0x0d,
  LDX_DW: 0x79,
  CALL: 0x85,
  EXIT: 0x95,
  MOV64_X: 0xbf,
  MAY_GOTO: 0xe5,
} as const;

export function classOf(code: number): number {
  return code & 0x07;
}

/** The operation of ALU and JMP classes. */
export function opOf(code: number): number {
  return code & 0xf0;
}

/** The addressing mode of LD, LDX, ST and STX classes. */
export function modeOf(code: number): number {
  return code & 0xe0;
}

/** Index into the size tables, 0..3. */
export function sizeOf(code: number): number {
  return (code >> 3) & 0x03;
}

/** Jumps that may leave the straight line: every JMP or JMP32 but call and exit. */
export function isJump(code: number): boolean {
  const cls = classOf(code);
  return (
    (cls === CLASS.JMP || cls === CLASS.JMP32) && opOf(code) !== JMP_OP.CALL && opOf(code) !== JMP_OP.EXIT
  );
}

/** printf's text for a string that is not there: what the kernel prints for reserved operations. */
const NONE = "(null)";

/** By `op >> 4`. */
export const ALU_TEXT: readonly string[] = [
  "+=",
  "-=",
  "*=",
  "/=",
  "|=",
  "&=",
  "<<=",
  ">>=",
  "neg",
  "%=",
  "^=",
  "=",
  "s>>=",
  "endian",
  NONE,
  NONE,
];

/** By `op >> 4`. */
export const JMP_TEXT: readonly string[] = [
  "jmp",
  "==",
  ">",
  ">=",
  "&",
  "!=",
  "s>",
  "s>=",
  "call",
  "exit",
  "<",
  "<=",
  "s<",
  "s<=",
  NONE,
  NONE,
];

/** By size index: words, half words, bytes, double words. */
export const SIZE_TEXT: readonly string[] = ["u32", "u16", "u8", "u64"];

/** Sign-extending loads. There is no 64-bit form: the kernel reads past its table there. */
export const SIGNED_SIZE_TEXT: readonly string[] = ["s32", "s16", "s8", "s64"];

/** Operations of an atomic instruction, by immediate without the fetch bit. */
export const ATOMIC_OP: Readonly<Record<number, { readonly text: string; readonly name: string }>> = {
  0x00: { text: "+=", name: "add" },
  0x40: { text: "|=", name: "or" },
  0x50: { text: "&=", name: "and" },
  0xa0: { text: "^=", name: "xor" },
};

/** Immediates of the atomic instructions with forms of their own. */
export const ATOMIC_IMM = {
  FETCH: 0x01,
  XCHG: 0xe1,
  CMPXCHG: 0xf1,
  LOAD_ACQ: 0x100,
  STORE_REL: 0x110,
} as const;
