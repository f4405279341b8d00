import { describe, expect, test } from "vitest";
import { withNames } from "../../src/code/names.ts";
import { programCode } from "../../src/code/program-code.ts";
import { NO_SYMBOLS } from "../../src/kallsyms/symbols.ts";
import type { ProgRecord } from "../../src/model/records.ts";
import { Registry } from "../../src/model/registry.ts";
import { MAP_TYPE } from "../../src/uapi/map-types.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { EXIT, insn, insns, u32s } from "../support/insns.ts";
import { memorySource } from "../support/memory-source.ts";
import { mapRecord, progCode, progRecord } from "../support/records.ts";

const PROG_ARRAY = mapRecord({
  id: 5,
  type: MAP_TYPE.prog_array,
  name: "steps",
  keySize: 4,
  valueSize: 4,
  maxEntries: 8,
});
const COUNTS = mapRecord({ id: 26, name: "counts", keySize: 4, valueSize: 8, maxEntries: 8 });

/** `limit` at 0, `table` at 8 of .rodata; a function `bump`; the helpers and a kfunc of the kernel. */
function types() {
  const btf = new BtfBuilder();
  const int = btf.int("int", 4, { encoding: 1 });
  const variables = ["limit", "table"].map((name) => btf.raw("VAR", { name, sizeOrType: int, tail: [1] }));
  const section = btf.raw("DATASEC", {
    name: ".rodata",
    vlen: 2,
    sizeOrType: 16,
    tail: [variables[0] as number, 0, 4, variables[1] as number, 8, 8],
  });
  const proto = btf.raw("FUNC_PROTO", { sizeOrType: int });
  const func = btf.raw("FUNC", { name: "bump", vlen: 1, sizeOrType: proto });
  const kfunc = btf.raw("FUNC", { name: "bpf_rcu_read_lock", vlen: 1, sizeOrType: proto });
  btf.raw("ENUM", {
    name: "bpf_func_id",
    vlen: 2,
    sizeOrType: 4,
    tail: [btf.string("BPF_FUNC_unspec"), 0, btf.string("BPF_FUNC_brand_new"), 300],
  });
  return { bytes: btf.build(), section, func, kfunc };
}

const TYPES = types();
const RODATA = mapRecord({
  id: 30,
  type: MAP_TYPE.array,
  name: "x.rodata",
  keySize: 4,
  valueSize: 16,
  maxEntries: 1,
  btfId: 9,
  btfValueTypeId: TYPES.section,
});

const STEP: ProgRecord = progRecord({ id: 1384, name: "tail_ipv4" });

function registry() {
  const slot = (index: number, id: number) => ({ key: u32s(index), value: u32s(id) });
  return new Registry(
    memorySource({
      progs: [STEP],
      maps: [PROG_ARRAY, COUNTS, RODATA],
      btfs: [
        { id: 1, size: TYPES.bytes.length, name: "vmlinux", kernel: true },
        { id: 9, size: TYPES.bytes.length, name: "", kernel: false },
      ],
      blobs: new Map([
        [1, TYPES.bytes],
        [9, TYPES.bytes],
      ]),
      entries: new Map([[5, [slot(6, 1384), slot(7, 9999)]]]),
    }),
  );
}

/** The note of each instruction that has one: `pc: note`. */
function notes(...slots: readonly Uint8Array[]): string[] {
  const code = progCode({ xlated: insns(...slots), funcInfo: u32s(0, TYPES.func, 3, TYPES.func) });
  const objects = registry();
  const { notes } = withNames(
    programCode(code, objects.btf(9), true, () => NO_SYMBOLS),
    objects,
  );
  return [...notes].map(([pc, note]) => `${pc}: ${note}`);
}

const MAP_ARG = [insn(0x18, { dst: 2, src: 1, imm: 5 }), insn(0)];
const index = (imm: number) => insn(0xb7, { dst: 3, imm });
const TAIL_CALL = insn(0x85, { imm: 12 });
const ARRAY = "0: prog_array steps";

describe("constant tail calls", () => {
  const ROWS: readonly (readonly [string, readonly Uint8Array[], readonly string[]])[] = [
    ["a slot", [...MAP_ARG, index(6), TAIL_CALL], [ARRAY, "3: slot 6: tail_ipv4 (id 1384)"]],
    ["a program that has gone", [...MAP_ARG, index(7), TAIL_CALL], [ARRAY, "3: slot 7: id 9999"]],
    ["an empty slot", [...MAP_ARG, index(1), TAIL_CALL], [ARRAY, "3: slot 1: empty"]],
    ["behind the last slot", [...MAP_ARG, index(8), TAIL_CALL], [ARRAY]],
    ["a negative index", [...MAP_ARG, index(-1), TAIL_CALL], [ARRAY]],
    [
      "a 32-bit index",
      [...MAP_ARG, insn(0xb4, { dst: 3, imm: 6 }), TAIL_CALL],
      [ARRAY, "3: slot 6: tail_ipv4 (id 1384)"],
    ],
    [
      "through other registers",
      [...MAP_ARG, insn(0xbf, { dst: 6, src: 2 }), insn(0xbf, { dst: 2, src: 6 }), index(6), TAIL_CALL],
      [ARRAY, "5: slot 6: tail_ipv4 (id 1384)"],
    ],
    ["an index that is counted", [...MAP_ARG, index(6), insn(0x07, { dst: 3, imm: 1 }), TAIL_CALL], [ARRAY]],
    ["an index that is loaded", [...MAP_ARG, index(6), insn(0x61, { dst: 3, src: 1 }), TAIL_CALL], [ARRAY]],
    [
      "an index that an atomic fetches",
      [...MAP_ARG, index(6), insn(0xdb, { dst: 10, src: 3, imm: 1 }), TAIL_CALL],
      [ARRAY],
    ],
    ["a call between", [...MAP_ARG, index(6), insn(0x85, { imm: 5 }), TAIL_CALL], [ARRAY]],
    [
      "a jump comes in between",
      [insn(0x15, { dst: 1, off: 3 }), ...MAP_ARG, index(6), TAIL_CALL],
      ["1: prog_array steps"],
    ],
    [
      "a jump out between",
      [...MAP_ARG, index(6), insn(0x15, { dst: 1, off: 1 }), TAIL_CALL, EXIT],
      [ARRAY, "4: slot 6: tail_ipv4 (id 1384)"],
    ],
    ["behind an exit", [...MAP_ARG, index(6), EXIT, TAIL_CALL], [ARRAY]],
    [
      "not a prog_array",
      [insn(0x18, { dst: 2, src: 1, imm: 26 }), insn(0), index(0), TAIL_CALL],
      ["0: hash counts"],
    ],
    ["a map that has gone", [insn(0x18, { dst: 2, src: 1, imm: 77 }), insn(0), index(0), TAIL_CALL], []],
  ];
  test.each(ROWS)("%s", (_, slots, expected) => expect(notes(...slots)).toEqual(expected));
});

describe("what else is named", () => {
  const value = (id: number, offset: number) => [
    insn(0x18, { dst: 1, src: 2, imm: id }),
    insn(0, { imm: offset }),
  ];
  const ROWS: readonly (readonly [string, readonly Uint8Array[], readonly string[]])[] = [
    ["a variable", value(30, 0), ["0: limit"]],
    ["inside of a variable", value(30, 12), ["0: table+4"]],
    ["between variables", value(30, 5), []],
    ["a map without types", value(26, 0), []],
    ["a callback", [insn(0x18, { dst: 2, src: 4, imm: 2 }), insn(0), EXIT, EXIT], ["0: bump"]],
    ["a callback without func_info", [insn(0x18, { dst: 2, src: 4, imm: 1 }), insn(0), EXIT], []],
    ["a subprogram", [insn(0x85, { src: 1, off: 2 }), EXIT, EXIT, EXIT], ["0: bump"]],
    ["a kfunc by its BTF id", [insn(0x85, { src: 2, imm: TYPES.kfunc })], ["0: bpf_rcu_read_lock"]],
    ["a kfunc of a module", [insn(0x85, { src: 2, off: 1, imm: TYPES.kfunc })], []],
    ["no kfunc", [insn(0x85, { src: 2, imm: TYPES.section })], []],
    ["a helper newer than ours", [insn(0x85, { imm: 300 })], ["0: bpf_brand_new"]],
    ["a helper that we know", [insn(0x85, { imm: 1 })], []],
    ["no helper at all", [insn(0x85, { imm: 4000 })], []],
  ];
  test.each(ROWS)("%s", (_, slots, expected) => expect(notes(...slots)).toEqual(expected));
});
