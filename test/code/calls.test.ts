import { describe, expect, test } from "vitest";
import { callNames, symbolRequest } from "../../src/code/calls.ts";
import { InsnArray, type Insn } from "../../src/insn/insn.ts";
import type { KernelSymbols } from "../../src/kallsyms/symbols.ts";
import { EXIT, insn, insns } from "../support/insns.ts";

const BASE = 0xffffffff814ca650n;
const KSYMS = [0xffffffffc0300000n, 0xffffffffc0300100n];
const SYMBOLS: KernelSymbols = {
  callBase: BASE,
  names: new Map([
    [BASE + 330864n, "__htab_map_lookup_elem"],
    [BASE - 61360n, "bpf_trace_printk"],
    [KSYMS[1] as bigint, "bpf_prog_e8a0b6af00c52f43_bump"],
  ]),
};
const NO_SYMBOLS: KernelSymbols = { callBase: 0n, names: new Map() };

type Row = readonly [
  what: string,
  call: { code?: number; src?: number; off?: number; imm?: number },
  symbols: KernelSymbols,
  ksyms: readonly bigint[],
  target: string,
  asked: { addresses: readonly bigint[]; offsets: readonly number[] },
];

const NOTHING = { addresses: [], offsets: [] };

const ROWS: readonly Row[] = [
  ["a helper", { imm: 1 }, NO_SYMBOLS, [], "bpf_map_lookup_elem#1", NOTHING],
  ["helper 0", { imm: 0 }, SYMBOLS, [], "bpf_unspec#0", NOTHING],
  ["the last helper", { imm: 211 }, SYMBOLS, [], "bpf_cgrp_storage_delete#211", NOTHING],
  [
    "behind the helpers",
    { imm: 212 },
    SYMBOLS,
    [],
    "0xffffffff814ca724#212",
    { addresses: [], offsets: [212] },
  ],
  [
    "a function",
    { imm: 330864 },
    SYMBOLS,
    [],
    "__htab_map_lookup_elem#330864",
    { addresses: [], offsets: [330864] },
  ],
  [
    "a function before",
    { imm: -61360 },
    SYMBOLS,
    [],
    "bpf_trace_printk#-61360",
    { addresses: [], offsets: [-61360] },
  ],
  [
    "without symbols",
    { imm: 290240 },
    NO_SYMBOLS,
    [],
    "0x46dc0#290240",
    { addresses: [], offsets: [290240] },
  ],
  [
    "before address 0",
    { imm: -1 },
    NO_SYMBOLS,
    [],
    "0xffffffffffffffff#-1",
    { addresses: [], offsets: [-1] },
  ],
  ["a kfunc", { src: 2, imm: 5 }, SYMBOLS, [], "0xffffffff814ca655#5", { addresses: [], offsets: [5] }],
  ["a JMP32 call", { code: 0x86, imm: 6 }, SYMBOLS, [], "bpf_trace_printk#6", NOTHING],
  ["callx", { code: 0x8d, imm: 0 }, SYMBOLS, [], "bpf_unspec#0", NOTHING],
  ["a subprogram, not compiled", { src: 1, off: 4, imm: -7 }, SYMBOLS, [], "pc+4", NOTHING],
  ["a subprogram before", { src: 1, off: -4 }, SYMBOLS, [], "pc-4", NOTHING],
  [
    "a subprogram",
    { src: 1, off: 7, imm: 1 },
    SYMBOLS,
    KSYMS,
    "pc+7#bpf_prog_e8a0b6af00c52f43_bump",
    { addresses: [KSYMS[1] as bigint], offsets: [] },
  ],
  [
    "a subprogram without a symbol",
    { src: 1, off: 7, imm: 0 },
    SYMBOLS,
    KSYMS,
    "pc+7#0xffffffffc0300000",
    { addresses: [KSYMS[0] as bigint], offsets: [] },
  ],
  [
    "a subprogram behind the compiled ones",
    { src: 1, off: 7, imm: 2 },
    SYMBOLS,
    KSYMS,
    "pc+7#0xffffffff814ca652",
    { addresses: [], offsets: [2] },
  ],
];

describe("callNames(), symbolRequest()", () => {
  test.each(ROWS)("callTarget() names %s", (_, { code = 0x85, ...fields }, symbols, ksyms, target) => {
    const call = new InsnArray(insn(code, fields)).at(0) as Insn;
    expect(callNames(symbols, ksyms).callTarget(call, 0)).toBe(target);
  });

  test.each(ROWS)("symbolRequest() asks for what is needed: %s", (_, call, __, ksyms, ___, asked) => {
    const { code = 0x85, ...fields } = call;
    expect(symbolRequest(new InsnArray(insn(code, fields)), ksyms)).toEqual(asked);
  });

  test("symbolRequest() asks once for each name, and for nothing that is no call", () => {
    const call = insn(0x85, { imm: 330864 });
    const jump = insn(0x05, { imm: 330864 });
    const load = insns(insn(0x18, { imm: 3 }), insn(0x85, { imm: 999_999 })); // data that looks like a call
    const request = symbolRequest(new InsnArray(insns(call, jump, load, call, EXIT)), []);
    expect(request).toEqual({ addresses: [], offsets: [330864] });
  });
});
