/** The maps of object files beside what the kernel makes of them: data/maps. */
import { describe, expect, test } from "vitest";
import { ByteBuffer } from "../../src/bytes/sink.ts";
import { Btf } from "../../src/btf/btf.ts";
import { SYMBOL_TYPE } from "../../src/elf/constants.ts";
import { sectionNamed } from "../../src/elf/sections.ts";
import type { ElfSymbol } from "../../src/elf/symbols.ts";
import { JsonWriter } from "../../src/json/writer.ts";
import { planMap } from "../../src/model/map-plans.ts";
import type { MapRecord } from "../../src/model/records.ts";
import { storedContents } from "../../src/model/stored-contents.ts";
import { dumpJson } from "../../src/render/map/dump.ts";
import { jsonEntryWriter } from "../../src/render/map/entry.ts";
import type { BpfObject, ObjectMap } from "../../src/sources/object/contract.ts";
import { fixupBtf } from "../../src/sources/object/maps/btf-fixup.ts";
import { readMaps } from "../../src/sources/object/maps/maps.ts";
import { MAP_TYPES } from "../../src/uapi/map-types.ts";
import { dataText } from "../support/data.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { NAMES, openObject } from "./data/maps/objects.ts";

const LOADED = ["defined", "slots", "sections", "ops", "bare", "linked"] as const;

interface Shown {
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly [field: string]: unknown;
}

/** `map show` of the loaded object, ids ascending. */
function recorded<T>(name: string): T[] {
  return dataText(import.meta.url, `data/maps/${name}.jsonl`)
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** A record in the words of `map show`. */
function shown({ type, name, flags, keySize, valueSize, maxEntries, frozen, btfId }: MapRecord) {
  return {
    type: MAP_TYPES[type],
    name,
    flags,
    bytes_key: keySize,
    bytes_value: valueSize,
    max_entries: maxEntries,
    frozen: Number(frozen),
    typed: btfId !== 0,
  };
}

/** Functions are programs by their place among the functions of the file, from 1 on. */
function progIds({ symbols }: BpfObject): (symbol: ElfSymbol) => number | undefined {
  const functions = symbols
    .select((type) => type === SYMBOL_TYPE.FUNC)
    .sort((a, b) => a.sectionIndex - b.sectionIndex || Number(a.value - b.value));
  return (symbol) => functions.indexOf(symbol) + 1 || undefined;
}

function mapsOf(name: string, target: "bpfel" | "bpfeb" = "bpfel"): readonly ObjectMap[] {
  const object = openObject(name, target);
  return readMaps(object, progIds(object)).maps;
}

/** What the machine of the recording, or its kernel, decides: not to be known from the file. */
const DECIDED_ELSEWHERE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  // As many as CPUs where the object says nothing.
  events: { max_entries: 0 },
  // The kernel's version of the struct, in a struct of the kernel.
  registered_at_o: { bytes_value: 48 },
  linked_first: { bytes_value: 48 },
  linked_second: { bytes_value: 48 },
};
/** Not created unless a program asks for it. */
const ON_REQUEST = "on_request";

describe.each(LOADED)("%s", (name) => {
  const maps = mapsOf(name);

  test("maps are those that the kernel has, in the same order", () => {
    const theirs = recorded<Shown>(`${name}.show`).map(
      ({ id, btf_id, owner_prog_type, owner_jited, ...fields }) => ({
        ...fields,
        typed: btf_id !== undefined,
        ...DECIDED_ELSEWHERE[fields.name],
      }),
    );
    const ours = maps.map(({ record }) => shown(record)).filter((map) => map.name !== ON_REQUEST);
    expect(ours).toEqual(theirs);
  });

  test("ids ascend from 1 without gaps", () => {
    expect(maps.map(({ record }) => record.id)).toEqual(maps.map((_, i) => i + 1));
  });
});

test.each([...NAMES, "linked"])("%s has nothing to warn about", (name) => {
  const object = openObject(name);
  readMaps(object, progIds(object));
  const expected = name === "legacy" ? 2 : 0;
  expect(object.warnings().length).toBe(expected);
});

test.each(NAMES)("%s: the other byte order makes the same maps", (name) => {
  const [little, big] = [mapsOf(name, "bpfel"), mapsOf(name, "bpfeb")];
  expect(big.map(({ record }) => record)).toEqual(little.map(({ record }) => record));
  const counts = (maps: readonly ObjectMap[]) => maps.map(({ contents }) => contents.count);
  expect(counts(big)).toEqual(counts(little));
  expect(big.every(({ contents }) => !contents.littleEndian)).toBe(true);
});

/** `map dump -j`, by the object's own types. */
function dumpOf(object: BpfObject, { record, contents }: ObjectMap): unknown {
  const out = new ByteBuffer();
  const json = new JsonWriter(out);
  const plans = record.btfId === 0 ? undefined : plansOf(object, record);
  const write = jsonEntryWriter(out, json, record, plans, object.littleEndian);
  dumpJson(json, record, storedContents(contents), Number.POSITIVE_INFINITY, write);
  json.endArray();
  return JSON.parse(out.toBytes().toString("latin1"));
}

function plansOf(object: BpfObject, record: MapRecord) {
  const types = { keyTypeId: record.btfKeyTypeId, valueTypeId: record.btfValueTypeId };
  const plans = planMap(record, { btf: new Btf(fixupBtf(object)), ...types });
  if (typeof plans === "string") throw new Error(plans);
  return plans;
}

interface Dumped {
  readonly id: number;
  readonly entries: readonly unknown[];
}

describe("contents", () => {
  /** Ids are other ones in the kernel, and the kernel knows its own version. */
  const OF_THE_MACHINE = /^(by_index|by_hash|jumps|typed_jumps|.*\.kconfig)$/;

  test.each(["slots", "sections", "bare", "linked"])("%s: dumps are those of the loaded maps", (name) => {
    const object = openObject(name);
    const { maps } = readMaps(object);
    const theirs = recorded<Dumped>(`${name}.dump`);
    expect(theirs.length).toBe(maps.length);
    const compared = maps.flatMap((map, i) => (OF_THE_MACHINE.test(map.record.name) ? [] : [{ map, i }]));
    expect(compared.map(({ map }) => dumpOf(object, map))).toEqual(
      compared.map(({ i }) => theirs[i]?.entries),
    );
  });

  test("externs of .kconfig are zeros at the places where the kernel has them", () => {
    const object = openObject("sections");
    const { maps } = readMaps(object);
    const at = maps.findIndex(({ record }) => record.name === "section.kconfig");
    const [theirs] =
      recorded<{ entries: { formatted: { value: object } }[] }>("sections.dump")[at]?.entries ?? [];
    const text = JSON.stringify(theirs?.formatted.value).replace(/("LINUX_KERNEL_VERSION"):\d+/, "$1:0");
    expect(dumpOf(object, maps[at] as ObjectMap)).toMatchObject([{ formatted: { value: JSON.parse(text) } }]);
  });

  test.each(["bpfel", "bpfeb"] as const)(
    "slots of %s hold the maps and programs of their names",
    (target) => {
      const object = openObject("slots", target);
      const { maps } = readMaps(object, progIds(object));
      const idOf = (name: string) => maps.find(({ record }) => record.name === name)?.record.id ?? -1;
      const slots = (name: string) => {
        const { count, keys, values, littleEndian } = maps[idOf(name) - 1]?.contents ?? fail();
        const read = (bytes: Uint8Array, i: number) =>
          new DataView(bytes.buffer, bytes.byteOffset).getUint32(i * 4, littleEndian);
        return Array.from({ length: count }, (_, i) => [read(keys, i), read(values, i)]);
      };
      expect(slots("by_index")).toEqual([
        [0, idOf("first")],
        [3, idOf("third")],
      ]);
      expect(slots("by_hash")).toEqual([
        [1, idOf("second")],
        [2, idOf("first")],
      ]);
      expect(slots("empty")).toEqual([]);
      // In the file target_b comes first.
      expect(slots("jumps")).toEqual([
        [1, 1],
        [2, 2],
      ]);
      expect(slots("typed_jumps")).toEqual([[0, 2]]);
    },
  );

  test("slots of programs are empty where nobody knows their ids", () => {
    const { maps } = readMaps(openObject("slots"));
    const counts = maps
      .filter(({ record }) => record.name.endsWith("jumps"))
      .map(({ contents }) => contents.count);
    expect(counts).toEqual([0, 0]);
  });

  test("slots of programs: the recording has them in the same order", () => {
    const theirs = recorded<{ entries: { value: string[] }[] }>("slots.dump");
    const at = mapsOf("slots").findIndex(({ record }) => record.name === "jumps");
    const [b, a] = (theirs[at]?.entries ?? []).map(({ value }) => Number(value[0]));
    expect(Number(a) - Number(b)).toBe(1);
  });

  test.each(["bpfel", "bpfeb"] as const)("structs of operations of %s name their programs", (target) => {
    const object = openObject("ops", target);
    const { maps } = readMaps(object, progIds(object));
    const dumps = maps.map((map) => dumpOf(object, map));
    const ops = { ssthresh: 1, cong_avoid: 2, undo_cwnd: 3, flags: 0 };
    expect(dumps).toMatchObject(
      ["bpflens_a", "bpflens_b", "bpflens_c", "bpflens_d"].map((label) => [
        { formatted: { value: { ...ops, name: label } } },
      ]),
    );
  });
});

function fail(): never {
  throw new Error("no such map");
}

describe("legacy maps", () => {
  test("are read from the structs of their symbols", () => {
    expect(mapsOf("legacy").map(({ record }) => Object.values(shown(record)).join(" "))).toEqual([
      "hash plain 1 4 8 100 0 false",
      "array typed 0 4 8 2 0 true",
      "array mistyped 0 4 8 3 0 false",
      "percpu_array quiet 0 4 8 5 0 false",
      "prog_array talkative 0 4 4 6 0 false",
      "lru_hash brief 0 4 4 7 0 false",
      "array legacy.bss 1024 4 32 1 0 true",
    ]);
  });

  test("warn about what they do not know", () => {
    const object = openObject("legacy");
    readMaps(object);
    expect(object.warnings()).toEqual([
      "map 'mistyped': types of key and value have 8 and 8 bytes, the map has 4 and 8",
      "section [5] 'maps' at offset 0x58: map 'talkative': bytes 0x14..0x1c of its definition are not known",
    ]);
  });
});

describe("what instructions refer to", () => {
  const object = openObject("sections");
  const maps = readMaps(object);
  const symbolOf = (name: string, of: BpfObject = object) =>
    of.symbols.select(() => true).find((symbol) => symbol.name === name) ?? fail();
  const sectionOf = (name: string) => sectionNamed(object.elf, name)?.index ?? fail();

  test("maps by symbol", () => {
    const slots = openObject("slots");
    const { mapOfSymbol } = readMaps(slots);
    const named = slots.symbols
      .select((type) => type === SYMBOL_TYPE.OBJECT)
      .filter(({ section }) => section?.name === ".maps");
    expect(named.length).toBe(8);
    for (const symbol of named) expect(mapOfSymbol(symbol)?.record.name).toBe(symbol.name.slice(0, 15));
    expect(mapOfSymbol(symbolOf("entry", slots))).toBeUndefined();
    expect(maps.mapOfSymbol(symbolOf("seed"))).toBeUndefined();
    expect(maps.mapOfSymbol(symbolOf("CONFIG_BIG"))).toBeUndefined();
  });

  test("legacy maps by symbol", () => {
    const legacy = openObject("legacy");
    const { mapOfSymbol } = readMaps(legacy);
    expect(mapOfSymbol(symbolOf("talkative", legacy))?.record.name).toBe("talkative");
  });

  test.each([
    [".rodata", "sections.rodata"],
    [".data", "sections.data"],
    [".bss", "sections.bss"],
    [".bss.blank", ".bss.blank"],
    [".data.a_section_with_a_long_name", ".data.a_section"],
    ["socket", undefined],
    ["license", undefined],
  ])("the map of section %s", (section, name) => {
    expect(maps.mapOfSection(sectionOf(section))?.record.name).toBe(name);
  });

  test("no section is no map", () => expect(maps.mapOfSection(0)).toBeUndefined());

  test.each([
    ["CONFIG_ANOTHER", 0],
    ["CONFIG_BIG", 8],
    ["CONFIG_TEXT", 28],
    ["CONFIG_NONE", undefined],
    ["seed", undefined],
  ])("the place of extern %s", (name, offset) => {
    const place = maps.kconfig(name);
    expect(place?.offset).toBe(offset);
    expect(place?.map.record.name).toBe(offset === undefined ? undefined : "section.kconfig");
  });

  test.each([
    [".rodata", 0, "defaults", 0],
    [".rodata", 15, "defaults", 15],
    [".rodata", 16, "odd", 0],
    [".rodata", 17, undefined, 0],
    [".rodata", 24, "secret", 0],
    [".rodata", 32, undefined, 0],
    [".data", 21, "salt", 1],
    [".bss", 8, "total", 0],
    [".bss", 17, "calls", 1],
  ])("the variable of %s at %i", (section, offset, name, within) => {
    const map = maps.mapOfSection(sectionOf(section)) ?? fail();
    expect(maps.variableAt(map, offset)).toEqual(name && { name, offset: within });
  });

  test("the variable of .kconfig at 30", () => {
    const { map } = maps.kconfig("CONFIG_BIG") ?? fail();
    expect(maps.variableAt(map, 30)).toEqual({ name: "CONFIG_TEXT", offset: 2 });
  });

  test("variables of an arena live in its map", () => {
    const defined = openObject("defined");
    const { mapOfSection, variableAt } = readMaps(defined);
    const map = mapOfSection(sectionNamed(defined.elf, ".addr_space.1")?.index ?? -1) ?? fail();
    expect(map.record.name).toBe("paged");
    expect(variableAt(map, 12)).toEqual({ name: "paged_flags", offset: 4 });
  });

  test("maps with definitions have no variables", () => {
    const [first] = readMaps(openObject("slots")).maps;
    expect(readMaps(openObject("slots")).variableAt(first ?? fail(), 0)).toBeUndefined();
  });
});

test("extra numbers of maps", () => {
  const extras = mapsOf("defined").flatMap(({ record }) =>
    record.mapExtra === 0n ? [] : [[record.name, record.mapExtra]],
  );
  expect(extras).toEqual([
    ["bloom", 3n],
    ["paged", 0x40000000n],
  ]);
});

describe("BTF as a loader hands it over", () => {
  /** DATASECs as `btf dump` shows them. */
  function dataSections(btf: Btf): string {
    const lines: string[] = [];
    for (let id = 1; id < btf.typeCount; id++) {
      const type = btf.type(id);
      if (type?.kind !== "DATASEC") continue;
      lines.push(`[${id}] DATASEC '${type.name}' size=${type.size} vlen=${type.vars.length}`);
      for (const { type: typeId, offset, size } of type.vars)
        lines.push(`\ttype_id=${typeId} offset=${offset} size=${size} (VAR '${btf.type(typeId)?.name}')`);
    }
    return `${lines.join("\n")}\n`;
  }

  test.each(["defined", "slots", "sections", "ops", "linked"])(
    "%s: sizes and offsets are the kernel's",
    (name) => {
      expect(dataSections(new Btf(fixupBtf(openObject(name))))).toBe(
        dataText(import.meta.url, `data/maps/${name}.datasecs.txt`),
      );
    },
  );

  test.each(["defined", "slots", "sections", "ops"])("%s: so in the other byte order", (name) => {
    const [little, big] = (["bpfel", "bpfeb"] as const).map(
      (target) => new Btf(fixupBtf(openObject(name, target))),
    );
    expect(big?.littleEndian).toBe(false);
    expect(dataSections(big ?? fail())).toBe(dataSections(little ?? fail()));
  });

  test("nothing else is changed, and the file is not", () => {
    const object = openObject("sections");
    const fixed = new Btf(fixupBtf(object));
    const types = ({ typeCount }: Btf) => Array.from({ length: typeCount }, (_, id) => id);
    const others = (btf: Btf) =>
      types(btf)
        .map((id) => btf.type(id))
        .filter((type) => type?.kind !== "DATASEC");
    const original = object.btf ?? fail();
    expect(others(fixed)).toEqual(others(original));
    expect(dataSections(original)).toContain("DATASEC '.data' size=0");
  });

  test("an object without BTF has none", () => {
    expect(inspectErrorOf(() => fixupBtf(openObject("bare"))).message).toBe(
      "object 'objects/bare.bpfel.o' has no BTF",
    );
  });
});
