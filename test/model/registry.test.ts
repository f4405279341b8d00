import { describe, expect, test, vi } from "vitest";
import { Registry, type Selector } from "../../src/model/registry.ts";
import { btfViews, linkView, mapView, progView } from "../../src/model/views.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { u32s } from "../support/insns.ts";
import { MACHINE } from "../support/machine.ts";
import { type Machine, memorySource } from "../support/memory-source.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { btfRecord, hostRecord, linkRecord, mapRecord, progCode, progRecord } from "../support/records.ts";

const registry = new Registry(memorySource(MACHINE));

const TWINS: Machine = {
  progs: [
    progRecord({ id: 3, name: "twin", tag: new Uint8Array(8), mapIds: [5, 6] }),
    progRecord({ id: 9, name: "twin", tag: new Uint8Array(8), mapIds: [6, 99, 5] }),
    progRecord({ id: 10, name: "other" }),
  ],
  maps: [mapRecord({ id: 5, name: "m" }), mapRecord({ id: 6, name: "m" }), mapRecord({ id: 7 })],
  links: [
    linkRecord(1, 6, 3, { kind: "xdp", ifindex: 1 }),
    linkRecord(2, 9, 3, { kind: "struct_ops", mapId: 3 }),
    linkRecord(3, 3, 9, { kind: "none" }),
  ],
};
const twins = new Registry(memorySource(TWINS));

const tag = (hex: string): Selector => ({ by: "tag", tag: Buffer.from(hex, "hex") });

describe("Registry.findProgs()", () => {
  const FOUND: readonly (readonly [what: string, registry: Registry, selector: Selector, ids: number[]])[] = [
    ["an id", registry, { by: "id", id: 121 }, [121]],
    ["a tag", registry, { by: "tag", tag: registry.source.prog(7).tag }, [7]],
    ["a tag of several", twins, tag("0000000000000000"), [3, 9]],
    ["a name", registry, { by: "name", name: "short" }, [7]],
    ["a full name", registry, { by: "name", name: "xdp_drop_all_of_them" }, [121]],
    ["its first 15 characters", registry, { by: "name", name: "xdp_drop_all_of" }, [121]],
    ["a name of several", twins, { by: "name", name: "twin" }, [3, 9]],
    ["a pin", registry, { by: "pinned", path: "/sys/fs/bpf/demo/drop" }, [121]],
  ];
  test.each(FOUND)("findProgs() by %s", (_, from, selector, ids) => {
    expect(from.findProgs(selector).map(({ id }) => id)).toEqual(ids);
  });

  const MISSED: readonly (readonly [what: string, selector: Selector, message: string])[] = [
    ["an id", { by: "id", id: 5 }, "get by id (5): No such file or directory"],
    [
      "a tag, where bpftool says nothing (24.6)",
      tag("ffffffffffffffff"),
      "no program with tag ffffffffffffffff",
    ],
    ["a name, likewise", { by: "name", name: "nosuch" }, "no program with name 'nosuch'"],
    ["a beginning of a name", { by: "name", name: "xdp_drop_all" }, "no program with name 'xdp_drop_all'"],
    ["a path", { by: "pinned", path: "/x" }, "bpf obj get (/x): No such file or directory"],
    ["a pinned map", { by: "pinned", path: "/sys/fs/bpf/demo/stats" }, "incorrect object type: map"],
    ["a pinned link", { by: "pinned", path: "/sys/fs/bpf/rtp" }, "incorrect object type: link"],
  ];
  test.each(MISSED)("findProgs() misses %s", (_, selector, message) => {
    const error = inspectErrorOf(() => registry.findProgs(selector));
    expect([error.message, error.status]).toEqual([message, 255]);
  });
});

describe("Registry.findMaps(), findLink()", () => {
  test("findMaps() by id, name and pin", () => {
    expect(registry.findMaps({ by: "id", id: 30 }).map(({ id }) => id)).toEqual([30]);
    expect(twins.findMaps({ by: "name", name: "m" }).map(({ id }) => id)).toEqual([5, 6]);
    expect(registry.findMaps({ by: "pinned", path: "/sys/fs/bpf/demo/stats" })[0]?.id).toBe(26);
  });

  test("findLink() by id and pin", () => {
    expect(registry.findLink({ by: "id", id: 3 }).id).toBe(3);
    expect(registry.findLink({ by: "pinned", path: "/sys/fs/bpf/rtp" }).id).toBe(1);
  });

  const MISSED: readonly (readonly [what: string, find: () => unknown, message: string])[] = [
    [
      "a map id",
      () => registry.findMaps({ by: "id", id: 5 }),
      "get map by id (5): No such file or directory",
    ],
    ["a map name", () => registry.findMaps({ by: "name", name: "x" }), "no map with name 'x'"],
    [
      "a pinned program",
      () => registry.findMaps({ by: "pinned", path: "/sys/fs/bpf/short" }),
      "incorrect object type: prog",
    ],
    [
      "a link id",
      () => registry.findLink({ by: "id", id: 500 }),
      "failed to get link with ID 500: No such file or directory",
    ],
  ];
  test.each(MISSED)("they miss %s", (_, find, message) => expect(inspectErrorOf(find).message).toBe(message));
});

describe("Registry.progName()", () => {
  const full = "a_function_of_some_length";
  const kernelName = full.slice(0, 15);
  const builder = new BtfBuilder();
  const func = builder.func(full, 0, []);
  const int = builder.int("int", 4);
  const bytes = builder.build();
  const name = (fields: Parameters<typeof progRecord>[0], typeId = func) => {
    const machine: Machine = {
      progs: [progRecord(fields)],
      code: new Map([[1, progCode({ funcInfo: u32s(0, typeId, 1, int) })]]),
      btfs: [btfRecord({ id: 4, size: bytes.length })],
      blobs: new Map([[4, bytes]]),
    };
    return new Registry(memorySource(machine)).progName(progRecord(fields));
  };
  const cut = { id: 1, name: kernelName, btfId: 4, nrFuncInfo: 2 };
  const ROWS: readonly (readonly [what: string, name: string, expected: string])[] = [
    ["a cut name is that of the first function", name(cut), full],
    ["a short name stays", name({ ...cut, name: "short" }), "short"],
    ["no name stays", name({ ...cut, name: "" }), ""],
    ["without BTF it stays", name({ ...cut, btfId: 0 }), kernelName],
    ["without functions it stays", name({ ...cut, nrFuncInfo: 0 }), kernelName],
    ["with a BTF that is gone it stays", name({ ...cut, btfId: 5 }), kernelName],
    ["with a type that is no function it stays", name(cut, int), kernelName],
    ["with a type that is not there it stays", name(cut, 99), kernelName],
    ["what the record tells comes first", name({ ...cut, fullName: "told" }), "told"],
  ];
  test.each(ROWS)("%s", (_, actual, expected) => expect(actual).toBe(expected));
});

describe("Registry cross references", () => {
  const prog = (id: number) => twins.source.prog(id);
  const ids = (records: readonly { readonly id: number }[]) => records.map(({ id }) => id);

  test("mapsOf() has the program's order, without maps that are gone", () => {
    expect(ids(twins.mapsOf(prog(9)))).toEqual([6, 5]);
  });

  test("progsUsing() a map", () => {
    expect(ids(twins.progsUsing(twins.source.map(6)))).toEqual([3, 9]);
    expect(ids(twins.progsUsing(twins.source.map(7)))).toEqual([]);
  });

  test("linksOf() a program leaves out links of maps", () => {
    expect(ids(twins.linksOf(prog(3)))).toEqual([1]);
  });

  test("usersOf() a BTF", () => {
    const { progs, maps } = registry.usersOf(registry.source.btf(24));
    expect([ids(progs), ids(maps)]).toEqual([[121], [30]]);
  });

  test("btf() is parsed once, and undefined for id 0", () => {
    expect(registry.btf(0)).toBeUndefined();
    expect(registry.btf(24)).toBe(registry.btf(24));
    expect(inspectErrorOf(() => registry.btf(99)).message).toContain("can't get BTF object by id (99)");
  });

  test("progIfThere() is undefined for a program that is gone", () => {
    expect(registry.progIfThere(121)?.id).toBe(121);
    expect(registry.progIfThere(5)).toBeUndefined();
  });

  test("holdersOf() has the source's order, each object apart from others of its id", () => {
    expect(registry.holdersOf("map", 26).map(({ pid }) => pid)).toEqual([100, 200]);
    expect(registry.holdersOf("prog", 26)).toEqual([]);
  });
});

/** A program with read-only data; what is wrong with it is what a row changes. */
function metadataMachine({
  map = {},
  variable = "bpf_metadata_license",
  noBlob = false,
  noEntry = false,
  first = [] as Parameters<typeof mapRecord>[0][],
} = {}): Machine {
  const builder = new BtfBuilder();
  const text = builder.array(builder.int("char", 1), 4);
  const license = builder.variable(variable, text);
  const other = builder.variable("something_else", text);
  const section = builder.section(".rodata", 8, [
    [license, 0, 4],
    [other, 4, 4],
  ]);
  const bytes = builder.build();
  const value = Buffer.from("GPL\0MIT\0", "latin1");
  const data = { id: 50, type: 2, name: "p.rodata", valueSize: 8, btfId: 4, btfValueTypeId: section };
  return {
    progs: [progRecord({ id: 1, mapIds: [...first.map(({ id }) => id), 50] })],
    maps: [...first.map(mapRecord), mapRecord({ ...data, ...map })],
    btfs: [btfRecord({ id: 4, size: bytes.length })],
    blobs: new Map(noBlob ? [] : [[4, bytes]]),
    entries: new Map(noEntry ? [] : [[50, [{ key: new Uint8Array(4), value }]]]),
  };
}

describe("Registry.metadata(): the first array of one entry with BTF whose name contains .rodata", () => {
  const LICENSE = [{ key: "license", value: { kind: "text", value: "GPL" } }];
  type Row = readonly [what: string, machine: Parameters<typeof metadataMachine>[0], found: unknown];
  const ROWS: readonly Row[] = [
    ["the variables with the prefix", {}, LICENSE],
    ["another type of map", { map: { type: 1 } }, []],
    ["another key size", { map: { keySize: 8 } }, []],
    ["more entries", { map: { maxEntries: 2 } }, []],
    ["no value type", { map: { btfValueTypeId: 0 } }, []],
    ["a value type that is no section", { map: { btfValueTypeId: 1 } }, []],
    ["another name", { map: { name: "p.data" } }, []],
    ["the name in the middle", { map: { name: "a.rodata.str" } }, LICENSE],
    ["no variable with the prefix", { variable: "license" }, []],
    ["BTF that cannot be read", { noBlob: true }, []],
    ["contents that cannot be read", { noEntry: true }, []],
    ["a map before it that does not fit", { first: [{ id: 40, name: "x" }] }, LICENSE],
    [
      "a map before it that fits, and has nothing to say",
      { first: [{ id: 40, type: 2, name: ".rodata", btfValueTypeId: 1, btfId: 4 }] },
      [],
    ],
  ];
  test.each(ROWS)("metadata() with %s", (_, options, found) => {
    const from = new Registry(memorySource(metadataMachine(options)));
    expect(from.metadata(from.source.prog(1))).toEqual(found);
  });

  test("metadata() of a program without maps asks for nothing", () => {
    const source = memorySource({ progs: [progRecord({ id: 1 })] });
    const blobs = vi.spyOn(source, "btfBytes");
    expect(new Registry(source).metadata(source.prog(1))).toEqual([]);
    expect(blobs).not.toHaveBeenCalled();
  });
});

describe("views", () => {
  test("progView() has the time of loading in seconds since the epoch", () => {
    const bootTime = 1_000_999_999_999n;
    const progs = [progRecord({ id: 1, loadTime: 1n }), progRecord({ id: 2, loadTime: 0n })];
    const from = new Registry(memorySource({ host: hostRecord({ bootTime }), progs }));
    const [first, second] = progs.map((prog) => progView(from, prog, { pins: false }).loadedAt);
    expect(first).toBe(1001n);
    expect(second).toBeUndefined();
  });

  test("pins are shown for all objects of a kind as soon as one has a pin, and only if asked for", () => {
    const map = registry.source.map(26);
    expect(mapView(registry, map, { pins: false }).pins).toBeUndefined();
    expect([...(mapView(registry, map, { pins: true }).pins ?? [])].sort()).toEqual([
      "/mnt/other bpf/\\odd/stats_again",
      "/sys/fs/bpf/demo/stats",
    ]);
    expect(mapView(registry, registry.source.map(30), { pins: true }).pins).toEqual([]);
    expect(mapView(twins, twins.source.map(5), { pins: true }).pins).toBeUndefined();
  });

  test("linkView() tells the type of the program of tracing links only", () => {
    const type = (id: number) => linkView(registry, registry.source.link(id), { pins: false }).progType;
    expect([type(1), type(2)]).toEqual([undefined, 6]);
    const gone = linkRecord(9, 2, 555, {
      kind: "tracing",
      attachType: 0,
      targetObjId: 0,
      targetBtfId: 0,
      cookie: 0n,
    });
    expect(linkView(registry, gone, { pins: false }).progType).toBeUndefined();
  });

  test("btfViews() has users in the order of a growing table over all objects", () => {
    const maps = [26, 27, 28, 29, 30].map((id) => mapRecord({ id, btfId: id === 28 ? 0 : 24 }));
    const progs = [3, 4].map((id) => progRecord({ id, btfId: 24 }));
    const btfs = [btfRecord({ id: 24 }), btfRecord({ id: 25 })];
    const from = new Registry(memorySource({ maps, progs, btfs }));
    const [view, unused] = btfViews(from, btfs);
    expect(view).toMatchObject({ progIds: [4, 3], mapIds: [30, 26, 27, 29] });
    expect(unused).toMatchObject({ progIds: [], mapIds: [] });
  });
});
