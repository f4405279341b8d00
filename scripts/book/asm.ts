/**
 * An assembler for the programs of this folder. It reads what a listing of translated instructions prints,
 * with labels for jump targets, helper names for calls, and marks for source lines:
 *
 *     ; 42:29                          what follows stands for line 42, column 29
 *     r1 = *(u64 *)(r1 +112)
 *     if r6 == 0 goto out
 *     call bpf_map_lookup_elem
 *     out:                             a label
 *     r7 = *(u32 *)(r6 +16) => r7 = *(u16 *)(r6 +176)     as loaded => as the kernel rewrites it
 */
import { type Insn, INSN_SIZE } from "../../src/insn/insn.ts";

/** A place in a source file. */
export interface LineMark {
  readonly kind: "line";
  /** Short name of the file; "" for the main one. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Label {
  readonly kind: "label";
  readonly name: string;
}

/** One instruction whose jump target or callee still has a name. */
export interface Op {
  readonly kind: "op";
  readonly insn: Insn;
  /** Immediate of the second slot of a 64-bit load; absent for instructions of one slot. */
  readonly high?: number;
  readonly target?: string;
  readonly callee?: string;
  /** The id of the map that it loads into its register. */
  readonly map?: number;
  /** What the kernel puts in its place. */
  readonly rewritten?: Op;
}

export type Item = LineMark | Label | Op;

const SIZE: Readonly<Record<string, number>> = { u32: 0x00, u16: 0x08, u8: 0x10, u64: 0x18 };
const ALU: Readonly<Record<string, number>> = {
  "+=": 0x00,
  "-=": 0x10,
  "*=": 0x20,
  "/=": 0x30,
  "|=": 0x40,
  "&=": 0x50,
  "<<=": 0x60,
  ">>=": 0x70,
  "=": 0xb0,
};
const JUMP: Readonly<Record<string, number>> = {
  "==": 0x10,
  ">": 0x20,
  ">=": 0x30,
  "!=": 0x50,
  "s>": 0x60,
};

type Fields = readonly (string | undefined)[];

/** Each form of statement: how it is written, and what it becomes. The first that fits counts. */
const FORMS: readonly (readonly [RegExp, (fields: Fields) => Op])[] = [
  [/^exit$/, () => op({ code: 0x95 })],
  [/^call (\w+)$/, ([, callee]) => ({ ...op({ code: 0x85 }), callee: String(callee) })],
  [/^goto (\S+)$/, ([, target]) => jump({ code: 0x05 }, target)],
  [
    /^if r(\d+) (\S+) r(\d+) goto (\S+)$/,
    ([, dst, word, src, target]) =>
      jump({ code: 0x0d | pick(JUMP, word), dst: Number(dst), src: Number(src) }, target),
  ],
  [
    /^if r(\d+) (\S+) (-?\w+) goto (\S+)$/,
    ([, dst, word, imm, target]) =>
      jump({ code: 0x05 | pick(JUMP, word), dst: Number(dst), imm: Number(imm) }, target),
  ],
  [
    /^r(\d+) = map\[id:(\d+)\]$/,
    ([, dst, id]) => ({
      ...op({ code: 0x18, dst: Number(dst), src: 1, imm: Number(id) }),
      high: 0,
      map: Number(id),
    }),
  ],
  [
    /^r(\d+) = \*\((\w+) \*\)\(r(\d+) ([+-]\d+)\)$/,
    ([, dst, size, src, off]) =>
      op({ code: 0x61 | pick(SIZE, size), dst: Number(dst), src: Number(src), off: Number(off) }),
  ],
  [
    /^\*\((\w+) \*\)\(r(\d+) ([+-]\d+)\) = r(\d+)$/,
    ([, size, dst, off, src]) =>
      op({ code: 0x63 | pick(SIZE, size), dst: Number(dst), src: Number(src), off: Number(off) }),
  ],
  [
    /^lock \*\((u32|u64) \*\)\(r(\d+) ([+-]\d+)\) \+= r(\d+)$/,
    ([, size, dst, off, src]) =>
      op({ code: 0xc3 | pick(SIZE, size), dst: Number(dst), src: Number(src), off: Number(off) }),
  ],
  [
    /^\*\((\w+) \*\)\(r(\d+) ([+-]\d+)\) = (-?\d+)$/,
    ([, size, dst, off, imm]) =>
      op({ code: 0x62 | pick(SIZE, size), dst: Number(dst), off: Number(off), imm: Number(imm) }),
  ],
  [
    /^([rw])(\d+) (\S+) [rw](\d+)$/,
    ([, width, dst, word, src]) =>
      op({ code: aluClass(width) | 0x08 | pick(ALU, word), dst: Number(dst), src: Number(src) }),
  ],
  [
    /^([rw])(\d+) (\S+) (-?\w+)$/,
    ([, width, dst, word, imm]) =>
      op({ code: aluClass(width) | pick(ALU, word), dst: Number(dst), imm: Number(imm) }),
  ],
];

/** The statements of a program, one on a line. */
export function parse(text: string): Item[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(parseLine);
}

function parseLine(line: string): Item {
  const mark = /^; (?:(\w+) )?(\d+):(\d+)$/.exec(line);
  if (mark) return { kind: "line", file: mark[1] ?? "", line: Number(mark[2]), column: Number(mark[3]) };
  const label = /^(\w+):$/.exec(line)?.[1];
  if (label !== undefined) return { kind: "label", name: label };
  const [loaded = "", rewritten] = line.split(/\s*=>\s*/);
  return rewritten === undefined ? parseOp(loaded) : { ...parseOp(loaded), rewritten: parseOp(rewritten) };
}

function parseOp(text: string): Op {
  for (const [form, make] of FORMS) {
    const fields = form.exec(text);
    if (fields) return make(fields);
  }
  throw new Error(`cannot assemble '${text}'`);
}

function op(fields: Partial<Insn>): Op {
  return { kind: "op", insn: { code: 0, dst: 0, src: 0, off: 0, imm: 0, ...fields } };
}

/** To a label, or by a distance such as `+1`. */
function jump(fields: Partial<Insn>, target = ""): Op {
  const near = /^[+-]\d+$/.test(target);
  return near ? op({ ...fields, off: Number(target) }) : { ...op(fields), target };
}

function aluClass(width: string | undefined): number {
  return width === "w" ? 0x04 : 0x07;
}

function pick(table: Readonly<Record<string, number>>, word = ""): number {
  const value = table[word];
  if (value === undefined) throw new Error(`cannot assemble '${word}'`);
  return value;
}

export interface Assembled {
  readonly bytes: Uint8Array;
  /** The marks with the slots that they stand above, ascending. */
  readonly lines: readonly { readonly insnOff: number; readonly mark: LineMark }[];
}

/** Little-endian struct bpf_insn; `calleeImm` tells the immediate that stands for a name. */
export function assemble(items: readonly Item[], calleeImm: (callee: string) => number): Assembled {
  const labels = new Map<string, number>();
  const lines: { insnOff: number; mark: LineMark }[] = [];
  let length = 0;
  for (const item of items) {
    if (item.kind === "label") labels.set(item.name, length);
    else if (item.kind === "line") lines.push({ insnOff: length, mark: item });
    else length += slots(item);
  }
  const bytes = Buffer.alloc(length * INSN_SIZE);
  let pc = 0;
  for (const item of items) {
    if (item.kind !== "op") continue;
    const { insn, high, target, callee } = item;
    const imm = callee === undefined ? insn.imm : calleeImm(callee);
    const off = target === undefined ? insn.off : distance(labels, target, pc);
    writeInsn(bytes, pc, { ...insn, off, imm });
    if (high !== undefined) writeInsn(bytes, pc + 1, { code: 0, dst: 0, src: 0, off: 0, imm: high });
    pc += slots(item);
  }
  return { bytes, lines };
}

function slots({ high }: Op): number {
  return high === undefined ? 1 : 2;
}

/** From the slot after `pc`. */
function distance(labels: ReadonlyMap<string, number>, target: string, pc: number): number {
  const to = labels.get(target);
  if (to === undefined) throw new Error(`no label '${target}'`);
  return to - pc - 1;
}

function writeInsn(bytes: Buffer, pc: number, { code, dst, src, off, imm }: Insn): void {
  const at = pc * INSN_SIZE;
  bytes.writeUInt8(code, at);
  bytes.writeUInt8((src << 4) | dst, at + 1);
  bytes.writeInt16LE(off, at + 2);
  bytes.writeInt32LE(imm, at + 4);
}
