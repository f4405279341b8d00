/** Files that someone has tampered with: maps that hold together, or none; and an end. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { SECTION_TYPE } from "../../src/elf/constants.ts";
import { InspectError } from "../../src/errors.ts";
import { planMap } from "../../src/model/map-plans.ts";
import { storedLookup, storedNextKey } from "../../src/model/stored-contents.ts";
import type { ObjectMap } from "../../src/sources/object/contract.ts";
import { fixupBtf } from "../../src/sources/object/maps/btf-fixup.ts";
import { readMaps } from "../../src/sources/object/maps/maps.ts";
import { type ObjectFile, readObject } from "../../src/sources/object/object.ts";
import { valueOrInspectError } from "../support/outcome.ts";
import { buildObject, MapBtf, NAMES, objectBytes } from "./data/maps/objects.ts";

/** So many warnings are kept, and one that tells how many are not. */
const MAX_WARNINGS = 21;
/** The kernel's names are no longer. */
const NAME_LENGTH = 15;

/** Asks for everything; returns how many maps there are, -1 where the file is none. */
function exercise(bytes: Uint8Array): number {
  const object = valueOrInspectError(() => readObject(bytes, "hostile.o"));
  if (object instanceof InspectError) return -1;
  const maps = asked(object);
  const fixed = valueOrInspectError(() => fixupBtf(object));
  const btf = fixed instanceof InspectError ? undefined : new Btf(fixed);
  const wrong = maps.flatMap((map, i) => whatIsWrong(map, i, btf));
  expect(wrong).toEqual([]);
  return maps.length;
}

/** The maps; all questions about them are asked as well. */
function asked(object: ObjectFile): readonly ObjectMap[] {
  const { maps, mapOfSymbol, mapOfSection, kconfig, variableAt } = readMaps(object, ({ index }) => index);
  for (const symbol of object.symbols.select(() => true)) {
    const map = mapOfSymbol(symbol) ?? mapOfSection(symbol.sectionIndex);
    if (map) variableAt(map, Number(symbol.value));
    kconfig(symbol.name);
  }
  expect(object.warnings().length).toBeLessThanOrEqual(MAX_WARNINGS);
  return maps;
}

/** Of what others rely on. */
function whatIsWrong({ record, contents }: ObjectMap, at: number, btf: Btf | undefined): string[] {
  const { count, keys, values, valueSize } = contents;
  valueOrInspectError(() => storedLookup(record, contents, new Uint8Array(4)));
  valueOrInspectError(() => storedNextKey(record, contents, undefined));
  if (btf && record.btfId !== 0)
    valueOrInspectError(() =>
      planMap(record, { btf, keyTypeId: record.btfKeyTypeId, valueTypeId: record.btfValueTypeId }),
    );
  const checks = {
    id: record.id === at + 1,
    name: record.name.length <= NAME_LENGTH,
    numbers: [record.type, record.keySize, record.valueSize, record.maxEntries, record.flags].every(
      (number) => Number.isSafeInteger(number) && number >= 0,
    ),
    keys: keys.length === count * (count === 0 ? 0 : record.keySize),
    values: values.length === count * valueSize && (count === 0 || valueSize === record.valueSize),
  };
  return Object.entries(checks).flatMap(([what, right]) => (right ? [] : `${what} of map ${at}`));
}

const FILES = (["bpfel", "bpfeb"] as const).flatMap((target) =>
  NAMES.map((name) => ({ name: `${name}.${target}`, bytes: objectBytes(name, target) })),
);

describe.each(FILES)("$name", ({ bytes }) => {
  const whole = exercise(bytes);

  test("whole", () => expect(whole).toBeGreaterThan(0));

  test("with flipped bytes", () => {
    const { elf } = readObject(bytes, "sound.o");
    const places = [".BTF", ".symtab", ".rel.maps", ".maps", "maps", ".strtab", ".rel.struct_ops"]
      .flatMap((name) => elf.sections.filter((section) => section.name === name))
      .map(({ offset, size }) => ({ min: offset, max: offset + size - 1 }));
    const headers = { min: bytes.length - elf.sections.length * 64, max: bytes.length - 1 };
    const at = fc.oneof(...[...places, headers].map((place) => fc.integer(place)));
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 4, 8, 0x7f, 0xff));
    let readable = 0;
    const property = fc.property(fc.array(fc.tuple(at, byte), { minLength: 1, maxLength: 6 }), (changes) => {
      const copy = Uint8Array.from(bytes);
      for (const [offset, value] of changes) copy[offset] = value;
      if (exercise(copy) > 0) readable++;
    });
    fc.assert(property, { seed: bytes.length, numRuns: 200 });
    expect(readable).toBeGreaterThan(100); // or the flips reach no map
  });

  test("cut", () => {
    for (let length = 0; length < bytes.length; length += 97) exercise(bytes.subarray(0, length));
  });
});

describe("small files that ask for much", () => {
  const MANY = 20_000;

  test("many maps of one large struct", () => {
    const btf = new MapBtf();
    const members = Array.from({ length: MANY }, () => ["m", btf.u32, 0] as const);
    const struct = btf.composite("STRUCT", "", 1, members);
    const variable = btf.variable("m", struct);
    btf.section(
      ".maps",
      MANY,
      Array.from({ length: MANY }, (_, i) => [variable, i, 1] as const),
    );
    const object = buildObject({ sections: [{ name: ".maps", bytes: new Uint8Array(MANY) }], btf });
    expect(asked(object).length).toBe(MANY);
  });

  test("many sections of one long list of variables", () => {
    const btf = new MapBtf();
    const hidden = btf.raw("VAR", { name: "v", sizeOrType: btf.u32, tail: [0] });
    btf.section(
      ".data",
      8,
      Array.from({ length: MANY }, (_, i) => [hidden, i, 4] as const),
    );
    const sections = Array.from({ length: MANY }, () => ({ name: ".data", bytes: new Uint8Array(8) }));
    const symbols = Array.from({ length: 3 }, (_, i) => ({ name: `s${i}`, section: ".data", value: 4 }));
    expect(asked(buildObject({ sections, symbols, btf })).length).toBe(MANY);
  });

  test("many structs of operations that share their bytes", () => {
    const btf = new MapBtf();
    const size = 100_000;
    const struct = btf.composite("STRUCT", "ops", size, []);
    const variable = btf.variable("o", struct);
    btf.section(
      ".struct_ops",
      size,
      Array.from({ length: MANY }, () => [variable, 0, size] as const),
    );
    const { maps } = readMaps(
      buildObject({ sections: [{ name: ".struct_ops", bytes: new Uint8Array(size) }], btf }),
    );
    expect(maps.length).toBe(MANY);
    expect(new Set(maps.map(({ contents }) => contents.values.buffer)).size).toBe(1);
  });

  test("many zeros", () => {
    const sections = Array.from({ length: 1000 }, () => ({
      name: ".bss",
      type: SECTION_TYPE.NOBITS,
      size: 2 ** 26,
    }));
    const { maps } = readMaps(buildObject({ sections }));
    const kept = maps.reduce((sum, { contents }) => sum + contents.values.length, 0);
    expect(kept).toBe(2 ** 26);
  });

  test("many pointers into many maps", () => {
    const btf = new MapBtf();
    const struct = btf.struct({
      type: btf.number(12),
      max_entries: btf.number(1),
      values: btf.array(btf.u32, 0),
    });
    const variable = btf.variable("m", struct);
    btf.section(
      ".maps",
      MANY * 8,
      Array.from({ length: MANY }, (_, i) => [variable, i * 8, 24] as const),
    );
    const object = buildObject({
      sections: [{ name: ".maps", bytes: new Uint8Array(MANY * 8) }],
      symbols: [{ name: "m", section: ".maps" }],
      btf,
      pointers: { ".maps": Array.from({ length: MANY }, (_, i) => ({ at: i * 8, to: "m" })) },
    });
    expect(asked(object).length).toBe(MANY);
  });
});
