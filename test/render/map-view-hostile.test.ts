/** Broken types and any bytes: every view of them is text fit for a terminal, and JSON that parses. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromByteText } from "../../src/bytes/text.ts";
import { Btf } from "../../src/btf/btf.ts";
import { sizeOf } from "../../src/btf/value.ts";
import type { MapContents } from "../../src/model/contents.ts";
import { type MapTypes, planMap } from "../../src/model/map-plans.ts";
import type { MapInfo } from "../../src/model/records.ts";
import { countedMembers, histograms } from "../../src/render/map/view/distribution.ts";
import { entriesFlatJson, entriesTypedJson } from "../../src/render/map/view/entries-json.ts";
import { entriesTable } from "../../src/render/map/view/entries-table.ts";
import { histogramJson, histogramsPlain } from "../../src/render/map/view/histogram.ts";
import { mapNodes } from "../../src/render/map/view/map-nodes.ts";
import { MAP_TYPE } from "../../src/uapi/map-types.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { stored } from "../support/entries.ts";
import { valueOrInspectError } from "../support/outcome.ts";
import { mapRecord } from "../support/records.ts";
import { storedContents } from "../../src/model/stored-contents.ts";
import { jsonText, plainText } from "../support/rendered.ts";

const CPUS = 3;
const NAMES = {
  prog: (id: number) => (id % 2 ? { type: id % 40, name: `p\x1b${id}` } : undefined),
  map: (id: number) => (id % 2 ? { type: id % 40, name: "" } : undefined),
  addresses: () => new Map([[0xffff_ffff_0000_0000n, "name\x07"]]),
};

function showAll(map: MapInfo, types: MapTypes | undefined, contents: () => MapContents): void {
  const plans = types && planMap(map, types);
  const planned = { map, types, plans: typeof plans === "string" ? undefined : plans };
  for (const names of [undefined, NAMES]) {
    const nodes = mapNodes(planned, { littleEndian: true, names, numbers: true });
    for (const perCpu of ["sum", "max", "each"] as const) {
      const view = { map, nodes, perCpu, limit: 100 };
      const table = fromByteText(plainText((out) => entriesTable(out, view, contents())));
      expect(table).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffd]/);
      for (const write of [entriesFlatJson, entriesTypedJson])
        JSON.parse(
          jsonText((json) => {
            json.startArray();
            write(json, view, contents());
            json.endArray();
          }),
        );
    }
    const counted = histograms(map, countedMembers(map, nodes), contents(), 100, true);
    plainText((out) => histogramsPlain(out, counted));
    for (const each of counted) JSON.parse(jsonText((json) => histogramJson(json, each)));
  }
}

const anyType = fc.constantFrom(...Object.values(MAP_TYPE), 99);
const isPerCpu = (type: number) => [5, 6, 10, 21].includes(type);

function anyEntries(map: MapInfo, bytes: Uint8Array): () => MapContents {
  const valueSize = isPerCpu(map.type) ? CPUS * Math.ceil(map.valueSize / 8) * 8 : map.valueSize;
  const take = (from: number, size: number) =>
    Uint8Array.from({ length: size }, (_, i) => bytes[(from + i) % bytes.length] as number);
  const entries = [0, 1, 2, 3].map((i) => ({
    key: take(i * 7, map.keySize),
    value: take(i * 13, valueSize),
    ...(i === 3 && { errno: 22 }),
  }));
  return () => storedContents(stored(map, entries));
}

const someBytes = fc.uint8Array({ minLength: 1, maxLength: 200 });

test("any bytes in any map without types", () => {
  fc.assert(
    fc.property(anyType, fc.nat(24), fc.nat(70), someBytes, (type, keySize, valueSize, bytes) => {
      const map = mapRecord({ id: 1, type, keySize, valueSize, maxEntries: 10 });
      showAll(map, undefined, anyEntries(map, bytes));
    }),
  );
});

/** Types of all kinds, some of them inside each other. */
function sound(): { blob: Uint8Array; ids: number } {
  const builder = new BtfBuilder();
  const u8 = builder.int("unsigned char", 1);
  const u32 = builder.int("unsigned int", 4);
  const char = builder.int("char", 1, { encoding: 1 });
  const be32 = builder.ref("TYPEDEF", u32, "__be32");
  const text = builder.array(char, 8);
  const inner = builder.composite("STRUCT", "in6_addr", 16, [["u6", builder.array(u8, 16), 0]]);
  const union = builder.composite("UNION", "", 16, [
    ["addr", inner, 0],
    ["ips", builder.array(be32, 4), 0],
  ]);
  const struct = builder.composite("STRUCT", "flow", 32, [
    ["", union, 0],
    ["comm", text, 128],
    ["mac", builder.array(u8, 6), 192],
    ["flag", builder.int("_Bool", 1, { encoding: 4 }), 240],
  ]);
  const float = builder.raw("FLOAT", { name: "double", sizeOrType: 8 });
  const colour = builder.raw("ENUM", { vlen: 1, sizeOrType: 4, tail: [builder.string("RED"), 0] });
  const list = builder.array(struct, 2);
  builder.section(".bss", 80, [
    [builder.variable("flows", list), 0, 64],
    [builder.variable("scale", float), 64, 8],
    [builder.variable("colour", colour), 72, 4],
  ]);
  builder.ref("PTR", struct);
  const blob = builder.build();
  return { blob, ids: new Btf(blob).typeCount };
}

const { blob: SOUND, ids: IDS } = sound();

/** Some bytes behind the header are others. */
const broken = fc
  .array(fc.tuple(fc.integer({ min: 24, max: SOUND.length - 1 }), fc.nat(255)), { maxLength: 6 })
  .map((changes) => {
    const blob = Uint8Array.from(SOUND);
    for (const [at, byte] of changes) blob[at] = byte;
    return blob;
  });

test("any bytes by any types", () => {
  fc.assert(
    fc.property(broken, anyType, fc.nat(IDS), fc.nat(IDS), someBytes, (blob, type, key, value, bytes) => {
      const btf = valueOrInspectError(() => new Btf(blob));
      if (!(btf instanceof Btf)) return;
      const types = { btf, keyTypeId: key, valueTypeId: value };
      const sizes = sizesFor(types);
      if (sizes === undefined) return;
      const map = mapRecord({ id: 1, type, ...sizes, maxEntries: 10 });
      showAll(map, types, anyEntries(map, bytes));
    }),
    { numRuns: 200 },
  );
});

/** The sizes that the types ask for, as far as a map may have them. */
function sizesFor({
  btf,
  keyTypeId,
  valueTypeId,
}: MapTypes): { keySize: number; valueSize: number } | undefined {
  const sizes = {
    keySize: keyTypeId === 0 ? 4 : sizeOf(btf, keyTypeId),
    valueSize: sizeOf(btf, valueTypeId),
  };
  return sizes.keySize <= 128 && sizes.valueSize <= 1024 ? sizes : undefined;
}

test("structs that multiply in a broken BTF", () => {
  const builder = new BtfBuilder();
  let type = builder.int("unsigned int", 4);
  for (let level = 0; level < 40; level++) {
    const part = [
      ["a", type, 0] as const,
      ["b", type, 0] as const,
      ["c", builder.array(type, 9), 0] as const,
    ];
    type = builder.composite("STRUCT", `level${level}`, 8, part);
  }
  const types = { btf: new Btf(builder.build()), keyTypeId: 0, valueTypeId: type };
  const map = mapRecord({ id: 1, type: 5, keySize: 4, valueSize: 8 });
  const contents = anyEntries(map, Uint8Array.of(1, 2, 3));
  const plans = planMap(map, types);
  if (typeof plans === "string") throw new Error(plans);
  const nodes = mapNodes({ map, types, plans }, { littleEndian: true, names: NAMES });
  const view = { map, nodes, perCpu: "sum", limit: 1 } as const;
  const table = fromByteText(plainText((out) => entriesTable(out, view, contents())));
  expect(table).toContain("…");
});
