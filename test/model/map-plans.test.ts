/** The types that a map's entries are read by, and whether they fit. */
import { describe, expect, test } from "vitest";
import { decodePlanned } from "../../src/btf/value.ts";
import { mapTypes, planMap } from "../../src/model/map-plans.ts";
import type { MapRecord } from "../../src/model/records.ts";
import { Registry } from "../../src/model/registry.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { u32s } from "../support/insns.ts";
import { memorySource } from "../support/memory-source.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { btfRecord, mapRecord } from "../support/records.ts";

const builder = new BtfBuilder();
const INT = builder.int("int", 4, { encoding: 1 });
const PAIR = builder.composite("STRUCT", "pair", 8, [
  ["a", INT, 0],
  ["b", INT, 32],
]);
const VARIABLE = builder.variable("v", PAIR);
const SECTION = builder.section(".data", 8, [[VARIABLE, 0, 8]]);
const TYPEDEF = builder.ref("TYPEDEF", PAIR, "pair_t");
const FORWARD = builder.raw("FWD", { name: "nothing" });
const POINTER = builder.ref("PTR", PAIR);
const OWN = builder.build();

const kernelBuilder = new BtfBuilder();
const KERNEL_OPS = kernelBuilder.composite("STRUCT", "bpf_struct_ops_x", 4, [
  ["state", kernelBuilder.int("unsigned int", 4), 0],
]);
const KERNEL = kernelBuilder.build();

function registry({ kernel = true } = {}): Registry {
  return new Registry(
    memorySource({
      btfs: [
        ...(kernel ? [btfRecord({ id: 1, name: "vmlinux", kernel: true, size: KERNEL.length })] : []),
        btfRecord({ id: 2, size: OWN.length }),
      ],
      blobs: new Map([
        [1, KERNEL],
        [2, OWN],
      ]),
    }),
  );
}

const map = (fields: Partial<MapRecord>) => mapRecord({ id: 9, btfId: 2, ...fields });

describe("mapTypes()", () => {
  test("those of the map's own BTF", () => {
    const types = mapTypes(registry(), map({ btfKeyTypeId: INT, btfValueTypeId: PAIR }));
    expect(types).toMatchObject({ keyTypeId: INT, valueTypeId: PAIR });
    expect(types?.btf.type(PAIR)).toMatchObject({ name: "pair" });
  });

  test.each([
    ["no BTF", { btfId: 0 }],
    ["no BTF, but ids", { btfId: 0, btfKeyTypeId: INT, btfValueTypeId: PAIR }],
    ["BTF, but no type of values", { btfKeyTypeId: INT }],
  ])("undefined: %s", (_, fields) => expect(mapTypes(registry(), map(fields))).toBeUndefined());

  test("those of the kernel, where the map says so", () => {
    const types = mapTypes(registry(), map({ btfValueTypeId: PAIR, btfVmlinuxValueTypeId: KERNEL_OPS }));
    expect(types?.valueTypeId).toBe(KERNEL_OPS);
    expect(types?.btf.type(KERNEL_OPS)).toMatchObject({ name: "bpf_struct_ops_x" });
  });

  test("those of the kernel, whose BTF is not there", () => {
    const error = inspectErrorOf(() =>
      mapTypes(registry({ kernel: false }), map({ btfVmlinuxValueTypeId: 5 })),
    );
    expect([error.code, error.message]).toEqual(["not-found", "failed to get kernel btf"]);
  });

  test("BTF that is not there is an InspectError", () => {
    expect(inspectErrorOf(() => mapTypes(registry(), map({ btfId: 77, btfValueTypeId: 1 }))).code).toBe(
      "syscall",
    );
  });
});

describe("planMap()", () => {
  function plan(fields: Partial<MapRecord>) {
    const record = map(fields);
    const types = mapTypes(registry(), record);
    if (!types) throw new Error("no types");
    return planMap(record, types);
  }

  type Row = readonly [what: string, fields: Partial<MapRecord>, value: object];
  const A_B = {
    kind: "fields",
    fields: [
      { name: "a", value: { kind: "number", value: 1n } },
      { name: "b", value: { kind: "number", value: 2n } },
    ],
  };
  const ROWS: readonly Row[] = [
    ["a struct", { btfKeyTypeId: INT, btfValueTypeId: PAIR, valueSize: 8 }, A_B],
    ["a typedef", { btfKeyTypeId: INT, btfValueTypeId: TYPEDEF, valueSize: 8 }, A_B],
    ["a section", { btfValueTypeId: SECTION, valueSize: 8 }, { kind: "fields" }],
    ["a pointer", { btfKeyTypeId: INT, btfValueTypeId: POINTER, valueSize: 8 }, { kind: "pointer" }],
    ["an integer", { btfKeyTypeId: PAIR, keySize: 8, btfValueTypeId: INT }, { kind: "number", value: 1n }],
  ];
  test.each(ROWS)("values that are %s", (_, fields, value) => {
    const plans = plan(fields);
    if (typeof plans === "string") throw new Error(plans);
    expect(decodePlanned(plans.value, u32s(1, 2))).toMatchObject(value);
    expect(plans.key === undefined).toBe((fields.btfKeyTypeId ?? 0) === 0);
  });

  type Mismatch = readonly [what: string, fields: Partial<MapRecord>, message: string];
  const MISMATCHES: readonly Mismatch[] = [
    [
      "smaller values",
      { btfKeyTypeId: INT, btfValueTypeId: PAIR, valueSize: 12 },
      `BTF type [${PAIR}] has 8 bytes, the values of map 9 have 12`,
    ],
    [
      "larger values",
      { btfKeyTypeId: INT, btfValueTypeId: PAIR, valueSize: 4 },
      `BTF type [${PAIR}] has 8 bytes, the values of map 9 have 4`,
    ],
    [
      "other keys",
      { btfKeyTypeId: PAIR, btfValueTypeId: PAIR, valueSize: 8 },
      `BTF type [${PAIR}] has 8 bytes, the keys of map 9 have 4`,
    ],
    [
      "a type without a size",
      { btfKeyTypeId: INT, btfValueTypeId: FORWARD },
      `BTF type [${FORWARD}] has 0 bytes, the values of map 9 have 4`,
    ],
    [
      "an id that the BTF does not have",
      { btfKeyTypeId: INT, btfValueTypeId: 999 },
      "BTF type [999] has 0 bytes, the values of map 9 have 4",
    ],
  ];
  test.each(MISMATCHES)("%s", (_, fields, message) => expect(plan(fields)).toBe(message));

  test("the value of a per-CPU map has the type's size, whatever the number of CPUs", () => {
    expect(typeof plan({ type: 5, btfKeyTypeId: INT, btfValueTypeId: PAIR, valueSize: 8 })).toBe("object");
  });
});
