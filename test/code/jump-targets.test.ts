import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jumpTargets } from "../../src/code/jump-targets.ts";
import { withNames } from "../../src/code/names.ts";
import { programCode } from "../../src/code/program-code.ts";
import { lookupError } from "../../src/model/lookup-errors.ts";
import { NO_SYMBOLS } from "../../src/kallsyms/symbols.ts";
import { Registry } from "../../src/model/registry.ts";
import type { ObjectSource } from "../../src/model/source.ts";
import { MAP_TYPE } from "../../src/uapi/map-types.ts";
import { EXIT, insn, insns, MOV_R0_0, u32s } from "../support/insns.ts";
import { type Machine, memorySource } from "../support/memory-source.ts";
import { hostRecord, mapRecord, progCode, progRecord } from "../support/records.ts";

const REMOVED = 0xffff_ffff;
/** By map id: xlated_off of each entry. */
type Tables = Readonly<Record<number, readonly number[]>>;

function machine(tables: Tables, other: Partial<Machine> = {}): Machine {
  const entries = Object.entries(tables);
  return {
    maps: entries.map(([id, targets]) =>
      mapRecord({
        id: Number(id),
        type: MAP_TYPE.insn_array,
        valueSize: 16,
        maxEntries: targets.length,
        frozen: true,
      }),
    ),
    entries: new Map(
      entries.map(([id, targets]) => [
        Number(id),
        targets.map((target, i) => ({ key: u32s(i), value: u32s(99, target, 1234, 0) })),
      ]),
    ),
    ...other,
  };
}

function open(slots: readonly Uint8Array[], source: ObjectSource, mapIds: readonly number[]) {
  const code = programCode(progCode({ xlated: insns(...slots) }), undefined, true, () => NO_SYMBOLS);
  const registry = new Registry(source);
  const jumps = jumpTargets(code, progRecord({ id: 1, mapIds }), registry);
  return { jumps, notes: withNames({ ...code, jumpTargets: jumps }, registry).notes };
}

/** The targets of each gotox, by pc. */
function targets(slots: readonly Uint8Array[], tables: Tables, other: Partial<Machine> = {}) {
  const { jumps } = open(slots, memorySource(machine(tables, other)), Object.keys(tables).map(Number));
  const pcs = slots.flatMap((slot, pc) => (slot[0] === 0x0d ? [pc] : []));
  return pcs.map((pc) => jumps.of(pc));
}

const gotox = (dst = 1) => insn(0x0d, { dst });
/** The second slot is apart: slots and pcs stay the same. */
const address = (id: number, dst = 1) => [insn(0x18, { dst, src: 2, imm: id }), insn(0)];
const add = (dst: number, src: number) => insn(0x0f, { dst, src });
const load = (dst: number, src: number) => insn(0x79, { dst, src });
const call = (off: number) => insn(0x85, { src: 1, off });
const helper = insn(0x85, { imm: 5 });
const FILL = Array.from({ length: 20 }, () => MOV_R0_0);

describe("jumpTargets()", () => {
  const rows: [behaviour: string, slots: Uint8Array[], tables: Tables, expected: unknown[]][] = [
    ["nobody knows without tables", [gotox(), EXIT], {}, [undefined]],
    ["in order, each once", [gotox(), ...FILL], { 7: [5, 3, 5, 4] }, [[3, 4, 5]]],
    ["without what was removed", [gotox(), ...FILL], { 7: [REMOVED, 3, REMOVED] }, [[3]]],
    ["nobody knows where all was removed", [gotox(), ...FILL], { 7: [REMOVED] }, [undefined]],
    ["those of all tables", [gotox(), ...FILL], { 7: [5, 3], 8: [9, 3] }, [[3, 5, 9]]],
    [
      "those of the own function",
      [call(2), gotox(), EXIT, gotox(), MOV_R0_0, EXIT],
      { 7: [2], 8: [5, 4], 9: [1] },
      [
        [1, 2],
        [4, 5],
      ],
    ],
    ["not those of other functions", [call(1), EXIT, gotox(), EXIT], { 7: [0] }, [undefined]],
    ["whole tables, by their first", [call(2), gotox(), EXIT, MOV_R0_0, EXIT], { 7: [2, 4] }, [[2, 4]]],
    ["behind the program, too", [gotox(), EXIT], { 7: [1, 77] }, [[1, 77]]],
  ];
  test.each(rows)("%s", (_behaviour, slots, tables, expected) => {
    expect(targets(slots, tables)).toEqual(expected);
  });

  const TWO: Tables = { 7: [12, 13], 8: [14, 15] };
  const both = [12, 13, 14, 15];
  const followed: [behaviour: string, slots: Uint8Array[], expected: readonly number[]][] = [
    ["one table", [...address(8), load(1, 1), gotox()], [14, 15]],
    ["with an index", [...address(8), add(1, 2), load(3, 1), gotox(3)], [14, 15]],
    ["added to an index", [...address(7, 2), add(1, 2), load(1, 1), gotox()], [12, 13]],
    ["with a constant", [...address(7), insn(0x07, { dst: 1, imm: 8 }), load(1, 1), gotox()], [12, 13]],
    ["less an index", [...address(7), insn(0x1f, { dst: 1, src: 2 }), load(1, 1), gotox()], [12, 13]],
    [
      "through another register",
      [...address(7, 6), insn(0xbf, { dst: 2, src: 6 }), load(1, 2), gotox()],
      [12, 13],
    ],
    ["over a call", [...address(7, 6), helper, load(1, 6), gotox()], [12, 13]],
  ];
  test.each(followed)("follows the register: %s", (_behaviour, slots, expected) => {
    expect(targets([...slots, ...FILL], TWO)).toEqual([expected]);
  });

  const lost: [behaviour: string, slots: Uint8Array[]][] = [
    ["the address itself", [...address(8), gotox()]],
    ["an unnamed address", [insn(0x18, { dst: 1, imm: 8 }), insn(0), load(1, 1), gotox()]],
    ["the map, not what is in it", [insn(0x18, { dst: 1, src: 1, imm: 8 }), insn(0), load(1, 1), gotox()]],
    ["two tables", [...address(7), ...address(8, 2), add(1, 2), load(1, 1), gotox()]],
    ["an index less an address", [...address(7), insn(0x1f, { dst: 2, src: 1 }), load(1, 2), gotox()]],
    ["a multiple of an address", [...address(7), insn(0x27, { dst: 1, imm: 2 }), load(1, 1), gotox()]],
    ["half an address", [...address(7), insn(0x0c, { dst: 1, src: 2 }), load(1, 1), gotox()]],
    ["4 bytes", [...address(7), insn(0x61, { dst: 1, src: 1 }), gotox()]],
    ["a target that something is added to", [...address(7), load(1, 1), add(1, 2), gotox()]],
    ["over a call", [...address(7), helper, load(1, 1), gotox()]],
    ["another map", [...address(9), load(1, 1), gotox()]],
    ["a jump between", [insn(0x15, { off: 2 }), ...address(7), load(1, 1), gotox()]],
  ];
  test.each(lost)("takes all tables where it loses the register: %s", (_behaviour, slots) => {
    expect(targets([...slots, ...FILL], TWO)).toEqual([both]);
  });

  test("a table leads between the address and the jump", () => {
    const slots = [...address(8), load(1, 1), gotox(), ...FILL];
    expect(targets(slots, { 7: [2, 9], 8: [5] })).toEqual([[2, 5, 9]]);
    expect(targets(slots, { 7: [0, 9], 8: [5] })).toEqual([[5]]);
  });

  const unread: [behaviour: string, other: Partial<Machine>][] = [
    ["a map that has gone", { maps: machine({ 7: [3] }).maps ?? [] }],
    ["contents that were cut", { ends: new Map([[8, { cut: true }]]) }],
    ["entries that are missing", { entries: machine({ 7: [3] }).entries ?? new Map() }],
    [
      "entries that could not be read",
      {
        entries: new Map([
          ...(machine({ 7: [3] }).entries ?? []),
          [8, [{ key: u32s(0), value: u32s(0, 4, 0, 0), errno: 2 }]],
        ]),
      },
    ],
    [
      "values that are too small",
      {
        entries: new Map([
          ...(machine({ 7: [3] }).entries ?? []),
          [8, [{ key: u32s(0), value: u32s(4, 4, 4) }]],
        ]),
      },
    ],
  ];
  test.each(unread)("nobody knows with %s", (_behaviour, other) => {
    const tables = { 7: [3], 8: [4] };
    expect(targets([gotox(), ...FILL], tables)).toEqual([[3, 4]]);
    expect(targets([gotox(), ...FILL], tables, other)).toEqual([undefined]);
  });

  test("nobody knows where maps may not be read", () => {
    const source: ObjectSource = {
      ...memorySource(machine({ 7: [1] })),
      contents: () => {
        throw lookupError("map", 7);
      },
    };
    expect(open([gotox(), EXIT], source, [7]).jumps.of(0)).toBeUndefined();
  });

  test("in the byte order of the machine", () => {
    const other = {
      host: hostRecord({ littleEndian: false }),
      entries: new Map([
        [7, [{ key: u32s(0), value: Buffer.from("00000000000000010000000000000000", "hex") }]],
      ]),
    };

    expect(targets([gotox(), EXIT], { 7: [1] }, other)).toEqual([[1]]);
  });

  test("maps are read once, and of programs with indirect jumps alone", () => {
    const read: number[] = [];
    const inner = memorySource(machine({ 7: [1] }));
    const source: ObjectSource = {
      ...inner,
      mapInfo(id) {
        read.push(id);
        return inner.mapInfo(id);
      },
      contents(map) {
        read.push(-map.id);
        return inner.contents(map);
      },
    };
    expect(open([MOV_R0_0, EXIT], source, [7]).notes.size).toBe(0);
    expect(read).toEqual([]);
    const { jumps } = open([gotox(), gotox(), EXIT], source, [7]);
    expect([jumps.of(0), jumps.of(1), jumps.all()]).toEqual([[1], [1], [1]]);
    expect(read).toEqual([7, -7]);
  });

  test("jumps with more targets than can be drawn are not followed", () => {
    const large = Array.from({ length: 100_000 }, (_, i) => i + 1);
    const slots = [gotox(), gotox(), gotox(), ...FILL];
    expect(targets(slots, { 7: large }).map((found) => found?.length)).toEqual([100_000, 100_000, undefined]);
  });

  test("any bytes, any tables", () => {
    const slot = fc.record({
      code: fc.constantFrom(0x0d, 0x18, 0x0f, 0x79, 0xbf, 0x85, 0x05, 0x15, 0x95, 0x07),
      dst: fc.nat(3),
      src: fc.nat(4),
      off: fc.integer({ min: -4, max: 4 }),
      imm: fc.integer({ min: 5, max: 9 }),
    });
    const table = fc.array(fc.oneof(fc.nat(30), fc.constant(REMOVED)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(slot, { maxLength: 20 }), table, table, (fields, first, second) => {
        const slots = fields.map(({ code, ...rest }) => insn(code, rest));
        const all = new Set([...first, ...second]);
        for (const found of targets(slots, { 7: first, 8: second })) {
          if (found === undefined) continue;
          expect(found.filter((target) => !all.has(target) || target === REMOVED)).toEqual([]);
          expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
          expect(found.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe("withNames()", () => {
  const notesOf = (slots: readonly Uint8Array[], tables: Tables, other: Partial<Machine> = {}) => {
    const ids = [...Object.keys(tables).map(Number), ...(other.maps ?? []).map(({ id }) => id)];
    const { maps = [], ...rest } = machine(tables);
    const source = memorySource({ ...rest, ...other, maps: [...maps, ...(other.maps ?? [])] });
    return [...open(slots, source, ids).notes].map(([pc, note]) => `${pc}: ${note}`);
  };

  test("tells how far indirect jumps go", () => {
    expect(notesOf([MOV_R0_0, gotox(), ...FILL], { 7: [0, 2, 9] })).toEqual(["1: pc-2, pc+0, pc+7"]);
    expect(notesOf([MOV_R0_0, gotox(), ...FILL], {})).toEqual([]);
  });

  test("tells the first of many", () => {
    const [note = ""] = notesOf([gotox(), ...FILL], { 7: Array.from({ length: 40 }, (_, i) => i + 1) });
    expect(note).toMatch(/^0: pc\+0, pc\+1, .*, pc\+31 and 8 more$/);
  });

  /** r2 = prog_array; r3 = 6; tail call, which `target` leads into. */
  const steps = mapRecord({ id: 5, type: MAP_TYPE.prog_array, name: "steps", maxEntries: 8 });
  const slots = [
    gotox(),
    insn(0x18, { dst: 2, src: 1, imm: 5 }),
    insn(0),
    insn(0xb7, { dst: 3, imm: 6 }),
    insn(0x85, { imm: 12 }),
    EXIT,
  ];
  test.each([
    ["is known", [1], ["0: pc+0", "1: prog_array steps", "4: slot 6: empty"]],
    ["leads between the arguments", [1, 3], ["0: pc+0, pc+2", "1: prog_array steps"]],
    ["may lead anywhere", [], ["1: prog_array steps"]],
  ])("does not believe in arguments that an indirect jump passes by: it %s", (_what, table, expected) => {
    expect(notesOf(slots, table.length > 0 ? { 7: table } : {}, { maps: [steps] })).toEqual(expected);
  });
});
