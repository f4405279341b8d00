/**
 * The opcodes of classic BPF and how their operands are written (linux/bpf_common.h, linux/filter.h; texts as
 * libpcap's bpf_image() prints them). A code is a class in its low three bits, and what the class makes of the others.
 */

/** The classes that change the course of a program, and the operation that always jumps. */
export const CLASS = { JMP: 0x05, RET: 0x06 } as const satisfies Readonly<Record<string, number>>;
export const JMP_JA = 0x05;

export function classOf(code: number): number {
  return code & 0x07;
}

const OPERATION_MASK = 0xf0;

/** A jump of any operation but that of `ja`. */
export function isConditional(code: number): boolean {
  return classOf(code) === CLASS.JMP && (code & OPERATION_MASK) !== 0;
}

export type Operand =
  | "nothing"
  /** The index register. */
  | "x"
  | "decimal"
  | "hex"
  /** What is loaded: at an offset into the packet, at an offset from X, the packet's length. */
  | "absolute"
  | "indirect"
  | "length"
  /** Four times the low half of a byte: the length of an IP header. */
  | "header-length"
  /** A slot of the scratch memory. */
  | "memory"
  /** The target of `ja`, which has one. */
  | "target";

interface Operation {
  readonly name: string;
  readonly operand: Operand;
}

const OPERATIONS = {
  0x00: { name: "ld", operand: "hex" },
  0x20: { name: "ld", operand: "absolute" },
  0x40: { name: "ld", operand: "indirect" },
  0x60: { name: "ld", operand: "memory" },
  0x80: { name: "ld", operand: "length" },
  0x28: { name: "ldh", operand: "absolute" },
  0x48: { name: "ldh", operand: "indirect" },
  0x30: { name: "ldb", operand: "absolute" },
  0x50: { name: "ldb", operand: "indirect" },

  0x01: { name: "ldx", operand: "hex" },
  0x61: { name: "ldx", operand: "memory" },
  0xb1: { name: "ldxb", operand: "header-length" },

  0x02: { name: "st", operand: "memory" },
  0x03: { name: "stx", operand: "memory" },

  0x04: { name: "add", operand: "decimal" },
  0x0c: { name: "add", operand: "x" },
  0x14: { name: "sub", operand: "decimal" },
  0x1c: { name: "sub", operand: "x" },
  0x24: { name: "mul", operand: "decimal" },
  0x2c: { name: "mul", operand: "x" },
  0x34: { name: "div", operand: "decimal" },
  0x3c: { name: "div", operand: "x" },
  0x44: { name: "or", operand: "hex" },
  0x4c: { name: "or", operand: "x" },
  0x54: { name: "and", operand: "hex" },
  0x5c: { name: "and", operand: "x" },
  0x64: { name: "lsh", operand: "decimal" },
  0x6c: { name: "lsh", operand: "x" },
  0x74: { name: "rsh", operand: "decimal" },
  0x7c: { name: "rsh", operand: "x" },
  0x84: { name: "neg", operand: "nothing" },
  0x94: { name: "mod", operand: "decimal" },
  0x9c: { name: "mod", operand: "x" },
  0xa4: { name: "xor", operand: "hex" },
  0xac: { name: "xor", operand: "x" },

  0x05: { name: "ja", operand: "target" },
  0x15: { name: "jeq", operand: "hex" },
  0x1d: { name: "jeq", operand: "x" },
  0x25: { name: "jgt", operand: "hex" },
  0x2d: { name: "jgt", operand: "x" },
  0x35: { name: "jge", operand: "hex" },
  0x3d: { name: "jge", operand: "x" },
  0x45: { name: "jset", operand: "hex" },
  0x4d: { name: "jset", operand: "x" },

  0x06: { name: "ret", operand: "decimal" },
  0x16: { name: "ret", operand: "nothing" },

  0x07: { name: "tax", operand: "nothing" },
  0x87: { name: "txa", operand: "nothing" },
} as const satisfies Readonly<Record<number, Operation>>;

const BY_CODE: ReadonlyMap<number, Operation> = new Map(
  Object.entries(OPERATIONS).map(([code, operation]) => [Number(code), operation]),
);

/** undefined for codes that mean nothing. */
export function operationOf(code: number): Operation | undefined {
  return BY_CODE.get(code);
}

/** Absolute loads from here on ask Linux about the packet instead (SKF_AD_OFF). Loads take k for signed. */
const ANCILLARY_START = -0x1000;
/** Four apart: SKF_AD_PROTOCOL and those behind it. */
const ANCILLARY_STEP = 4;
const ANCILLARY_NAMES: readonly string[] = [
  "proto",
  "type",
  "ifidx",
  "nla",
  "nlan",
  "mark",
  "queue",
  "hatype",
  "rxhash",
  "cpu",
  "xor_x",
  "vlan_tci",
  "vlanp",
  "poff",
  "random",
  "vlan_tpid",
];

/** The name of what an absolute load gets from Linux; undefined for offsets into the packet. */
export function ancillaryName(k: number): string | undefined {
  return ANCILLARY_NAMES[((k | 0) - ANCILLARY_START) / ANCILLARY_STEP];
}
