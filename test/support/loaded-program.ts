/** A program of two functions as it lies in the kernel, with a line for each of some instructions. */
import { BtfBuilder } from "./btf-builder.ts";
import { EXIT, insn, insns, MOV_R0_0, u32s } from "./insns.ts";
import type { Machine } from "./memory-source.ts";
import { btfRecord, progCode, progRecord } from "./records.ts";

export const TAG = "0123456789abcdef";
export const PLACED = { id: 7, btfId: 3, main: 0xffffffffc0001000n, sub: 0xffffffffc0002000n } as const;
export const SYMBOLS = { main: `bpf_prog_${TAG}_placed`, sub: "bpf_prog_fedcba9876543210_helper" } as const;

/** Of the functions in bytes. */
export const LENGTHS = { main: 40, sub: 16 } as const;

/** r1 = imm64; call 1; r0 = 0; tail call; exit | r0 = 0; call 2 */
const XLATED = insns(
  insn(0x18, { dst: 1 }),
  insn(0),
  insn(0x85, { imm: 1 }),
  MOV_R0_0,
  insn(0x85, { imm: 12 }),
  EXIT,
  MOV_R0_0,
  insn(0x85, { imm: 2 }),
);
const FIRST_OF_SUB = 6;

/** Instruction, line number, and where its code begins. The one of line 11 has no code. */
export const LINES = [
  { pc: 0, line: 10, address: PLACED.main },
  { pc: 3, line: 11, address: PLACED.main + 24n },
  { pc: 3, line: 12, address: PLACED.main + 24n },
  { pc: 5, line: 13, address: PLACED.main + 32n },
  { pc: FIRST_OF_SUB, line: 20, address: PLACED.sub },
] as const;

function typesOf() {
  const builder = new BtfBuilder();
  const int = builder.int("int", 4, { encoding: 1 });
  const funcs = [builder.func("placed", int, []), builder.func("helper", int, [])] as const;
  const file = builder.string("p.bpf.c");
  const records = LINES.map(({ pc, line }) => [
    pc,
    file,
    builder.string(`\tline ${line};`),
    (line << 10) | 5,
  ]);
  return { bytes: builder.build(), funcs, records };
}

const TYPES = typesOf();

export const LOADED: Machine = {
  progs: [
    progRecord({
      id: PLACED.id,
      name: "placed",
      btfId: PLACED.btfId,
      nrFuncInfo: 2,
      xlatedLen: XLATED.length,
      jitedLen: LENGTHS.main + LENGTHS.sub,
    }),
  ],
  code: new Map([
    [
      PLACED.id,
      progCode({
        xlated: XLATED,
        funcInfo: u32s(0, TYPES.funcs[0], FIRST_OF_SUB, TYPES.funcs[1]),
        lineInfo: u32s(...TYPES.records.flat()),
        jitedKsyms: [PLACED.main, PLACED.sub],
        jitedFuncLens: [LENGTHS.main, LENGTHS.sub],
      }),
    ],
  ]),
  images: new Map([
    [
      PLACED.id,
      {
        jited: new Uint8Array(LENGTHS.main + LENGTHS.sub),
        jitedLineInfo: new Uint8Array(BigUint64Array.from(LINES, ({ address }) => address).buffer),
        jitedLineInfoRecSize: 8,
      },
    ],
  ]),
  btfs: [btfRecord({ id: PLACED.btfId, size: TYPES.bytes.length })],
  blobs: new Map([[PLACED.btfId, TYPES.bytes]]),
  symbols: [
    [PLACED.main, SYMBOLS.main],
    [PLACED.sub, SYMBOLS.sub],
  ],
};
