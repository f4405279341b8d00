/** `struct_ops`: what bpftool 7.8.0 printed of the same maps, from the kernel's answers and from a snapshot of them. */
import path from "node:path";
import { describe, expect, test } from "vitest";
import { EPERM } from "../../src/uapi/errno.ts";
import { Registry } from "../../src/model/registry.ts";
import { kernelTypes, structOpsValue } from "../../src/model/struct-ops.ts";
import { structOpsDump } from "../../src/render/struct_ops/dump.ts";
import { liveSource } from "../../src/sources/live/source.ts";
import { BPF } from "../../src/sys/attr.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { Btf } from "../../src/btf/btf.ts";
import { fakeSyscalls } from "../support/fake-syscalls.ts";
import { type Machine, memorySource } from "../support/memory-source.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { btfRecord, mapRecord, progRecord } from "../support/records.ts";
import { jsonText } from "../support/rendered.ts";
import { cliFrom, saveMachine } from "../support/saved-machine.ts";
import {
  KERNEL_BTF,
  MAP_IDS,
  recordedOps,
  STRUCT_OPS_MACHINE,
  VALUE_TYPE,
} from "../support/struct-ops-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";

const ROOT = tempFolder();
const saved = (name: string, changes: Partial<Machine>) =>
  saveMachine(ROOT, name, { ...STRUCT_OPS_MACHINE, ...changes });
const SNAPSHOT = saved("all", {});
const { maps = [] } = STRUCT_OPS_MACHINE;

describe("as bpftool prints it", () => {
  test.each([
    ["struct_ops", "show.txt"],
    ["struct_ops show", "show.txt"],
    ["s l", "show.txt"],
    ["-j struct_ops list", "show.json.txt"],
    ["struct_ops dump name sa_cc", "sa_cc.txt"],
    ["-j struct_ops dump id 10607", "sa_cc.json.txt"],
    ["-p struct_ops dump i 0x296f", "sa_cc.pretty.json.txt"],
    ["struct_ops d n sa_cc_link", "sa_cc_link.txt"],
    ["-j struct_ops dump name sa_cc_link", "sa_cc_link.json.txt"],
    ["-p struct_ops dump id 024560", "sa_cc_link.pretty.json.txt"],
  ])("%s", async (line, file) => {
    expect(await cliFrom(SNAPSHOT, line)).toEqual({ stdout: recordedOps(file), stderr: "", status: 0 });
  });

  test("one of several, and all", async () => {
    const all = recordedOps("show.txt").split(/(?<=\n)/);
    expect((await cliFrom(SNAPSHOT, "struct_ops show id 10608")).stdout).toBe(all[1]);
    expect((await cliFrom(SNAPSHOT, "struct_ops show name sa_cc")).stdout).toBe(all[0]);
    const { stdout } = await cliFrom(SNAPSHOT, "-j struct_ops dump");
    const each = ["sa_cc", "sa_cc_link"].map((name) => JSON.parse(recordedOps(`${name}.json.txt`)));
    expect(JSON.parse(stdout)).toEqual(each.flat());
  });
});

describe("of the running kernel", () => {
  const live = (options: Parameters<typeof fakeSyscalls>[1] = {}, machine = STRUCT_OPS_MACHINE) =>
    new Registry(liveSource(fakeSyscalls(memorySource(machine), options)));
  const dumped = (registry: Registry, id: number) =>
    jsonText((json) =>
      structOpsDump(json.startArray(), structOpsValue(registry, registry.source.mapInfo(id)), {
        plain: false,
      }),
    );

  test.each(["sa_cc", "sa_cc_link"] as const)("the value of %s", (name) => {
    expect(`${dumped(live(), MAP_IDS[name])}]\n`).toBe(recordedOps(`${name}.json.txt`));
  });

  test("the kernel tells which BTF the type is of", () => {
    expect(live().source.mapInfo(MAP_IDS.sa_cc).btfVmlinuxId).toBe(1);
    expect(live().source.mapInfo(25)).not.toHaveProperty("btfVmlinuxId");
  });

  test("a value that the kernel does not give", () => {
    const registry = live({ fail: ({ cmd }) => (cmd === BPF.MAP_LOOKUP_ELEM ? EPERM : undefined) });
    expect(inspectErrorOf(() => dumped(registry, MAP_IDS.sa_cc)).message).toBe(
      "can't lookup struct_ops map sa_cc id 10607: lookup failed: Operation not permitted",
    );
  });

  test("types that may not be read are told as such", () => {
    const registry = live({ fail: ({ cmd }) => (cmd === BPF.BTF_GET_NEXT_ID ? EPERM : undefined) });
    expect(inspectErrorOf(() => kernelTypes(registry)).message).toBe(
      "can't get next BTF object: Operation not permitted",
    );
  });

  test.each([
    ["a name", progRecord({ id: 83_603, name: "short" }), "short/prog_id:83603"],
    ["no name", progRecord({ id: 83_603 }), "<unknown_prog_name>/prog_id:83603"],
    ["gone", undefined, "<unknown_prog_name>/prog_id:83603"],
  ])("a program that has %s", (_, prog, text) => {
    const registry = live({}, { ...STRUCT_OPS_MACHINE, progs: prog ? [prog] : [] });
    expect(dumped(registry, MAP_IDS.sa_cc)).toContain(`"ssthresh":"u32 (struct sock *) ${text}"`);
  });
});

describe("what is not there", () => {
  const HELP = "bpflens struct_ops show";
  test.each([
    ["struct_ops show name x", "", "Error: no struct_ops found for x\n"],
    ["-j struct_ops show name x", "[]\n", ""],
    ["struct_ops dump name x", "[]\n", "Error: no struct_ops found for x\n"],
    ["-p struct_ops dump name x", "[]\n", ""],
    ["struct_ops show id 7", "", "Error: can't get map by id (7): No such file or directory\n"],
    ["-j struct_ops show id 7", `{"error":"can't get map by id (7): No such file or directory"}\n`, ""],
    ["struct_ops dump id 7", "\n", "Error: can't get map by id (7): No such file or directory\n"],
    ["struct_ops show id 25", "", "Error: hash id 25 is not a struct_ops map\n"],
    ["struct_ops show id 0", "", "Error: invalid id 0\n"],
    ["struct_ops show id x", "", "Error: invalid id x\n"],
    ["struct_ops show id 0x", "", "Error: invalid id 0x\n"],
    ["struct_ops show id 4294977903", "", "Error: invalid id 4294977903\n"],
    ["-j struct_ops dump id -- -1", '{"error":"invalid id -1"}\n', ""],
  ])("%s", async (line, stdout, stderr) => {
    expect(await cliFrom(SNAPSHOT, line)).toEqual({ stdout, stderr, status: 255 });
  });

  test.each(["show id", "show x y", "show a b c", "dump name", "dump x y"])("help: %s", async (line) => {
    const { stdout, stderr, status } = await cliFrom(SNAPSHOT, `struct_ops ${line}`);
    expect([stdout, status]).toEqual(["", 255]);
    expect(stderr).toContain(HELP);
  });

  test.each(["register x.o", "unregister id 1"])("%s changes the kernel", async (line) => {
    const { stderr, status } = await cliFrom(SNAPSHOT, `struct_ops ${line}`);
    expect(stderr).toBe(`Error: bpflens has no 'struct_ops ${line.split(" ")[0]}', bpftool has\n`);
    expect(status).toBe(255);
  });

  test("maps of other types do not count, whatever their name", async () => {
    const place = saved("hash-alone", { maps: maps.slice(0, 1) });
    expect(await cliFrom(place, "struct_ops")).toEqual({ stdout: "", stderr: "", status: 0 });
    expect(await cliFrom(place, "-j struct_ops dump")).toEqual({ stdout: "[]\n", stderr: "", status: 0 });
    expect(await cliFrom(place, "struct_ops dump name hash")).toMatchObject({ stdout: "[]\n", status: 255 });
  });
});

describe("broken or incomplete sources", () => {
  test("without the types of the kernel", async () => {
    const place = saveMachine(ROOT, "no-types", STRUCT_OPS_MACHINE, { kernelBtf: false });
    const shown = await cliFrom(place, "struct_ops show");
    expect(shown.stdout).toBe(
      "10607: sa_cc           <btf_vmlinux_not_found>         \n10608: sa_cc_link      <btf_vmlinux_not_found>         \n",
    );
    expect(shown.stderr.match(/Warning/g)).toHaveLength(1);
    expect(shown.status).toBe(0);
    const dump = await cliFrom(place, "-j struct_ops dump");
    expect(JSON.parse(dump.stdout).error).toMatch(/^struct_ops requires kernel CONFIG_DEBUG_INFO_BTF=y: /);
    expect(dump.status).toBe(255);
  });

  test("one that cannot be read does not hide the other", async () => {
    const entries = new Map([...(STRUCT_OPS_MACHINE.entries ?? [])].slice(1));
    const place = saved("no-value", { entries });
    const { stdout, stderr, status } = await cliFrom(place, "struct_ops dump");
    expect(JSON.parse(stdout)).toHaveLength(2);
    expect([stderr, status]).toEqual([
      "Error: can't lookup struct_ops map sa_cc id 10607: lookup failed: No such file or directory\n",
      255,
    ]);
    const json = await cliFrom(place, "-j struct_ops dump");
    expect(JSON.parse(json.stdout)).toHaveLength(3);
    expect(JSON.parse(json.stdout)[0].error).toContain("can't lookup struct_ops map sa_cc");
    expect(json.status).toBe(255);
  });

  type Row = readonly [what: string, change: Parameters<typeof mapRecord>[0], error: RegExp];
  const ID = MAP_IDS.sa_cc;
  test.each<Row>([
    [
      "no type",
      { id: ID, btfVmlinuxValueTypeId: 4_000_000_000 },
      /type \[4000000000\] of its value is no struct/,
    ],
    [
      "a type that is no struct",
      { id: ID, btfVmlinuxValueTypeId: 2 },
      /type \[2\] of its value is no struct/,
    ],
    [
      "a type of another size",
      { id: ID, btfVmlinuxValueTypeId: 1 },
      /has 256 bytes, struct bpf_map_info has 104/,
    ],
    [
      "a BTF that is not there",
      { id: ID, btfVmlinuxValueTypeId: 9, btfVmlinuxId: 77 },
      /BTF object by id \(77\)/,
    ],
    ["no types at all", { id: ID }, /type \[0\] of its value is no struct/],
  ])("%s", async (what, change, error) => {
    const map = mapRecord({ type: 26, name: "odd", valueSize: 256, ...change });
    const place = saved(`odd ${what}`, { maps: [map] });
    const { stdout, status } = await cliFrom(place, ["-j", "struct_ops", "dump"]);
    expect(JSON.parse(stdout)).toEqual([{ error: expect.stringMatching(error) }]);
    expect(status).toBe(255);
    expect((await cliFrom(place, "struct_ops show")).stdout).toMatch(/^10607: odd /);
  });
});

test("operations of a module: their type is in its BTF", async () => {
  const builder = new BtfBuilder(new Btf(KERNEL_BTF));
  const type = builder.composite("STRUCT", "bpf_struct_ops_mod_ops", 4, [["refcnt", 2, 0]]);
  const bytes = builder.build();
  const { btfs = [], blobs = new Map() } = STRUCT_OPS_MACHINE;
  const place = saved("module", {
    maps: [mapRecord({ id: 5, type: 26, name: "m", btfVmlinuxValueTypeId: type, btfVmlinuxId: 3000 })],
    btfs: [...btfs, btfRecord({ id: 3000, size: bytes.length, name: "mod", kernel: true })],
    blobs: new Map([...blobs, [3000, bytes]]),
    entries: new Map([[5, [{ key: new Uint8Array(4), value: Uint8Array.of(7, 0, 0, 0) }]]]),
  });
  expect((await cliFrom(place, "-j struct_ops")).stdout).toContain('"kernel_struct_ops":"mod_ops"');
  expect((await cliFrom(place, "-j struct_ops dump")).stdout).toContain(
    '{"bpf_struct_ops_mod_ops":{"refcnt":7}}',
  );
});

test("an older snapshot does not tell the BTF: it is the kernel's", async () => {
  const older = maps.map(({ btfVmlinuxId, ...map }) => map);
  const { stdout } = await cliFrom(saved("older", { maps: older }), "struct_ops dump name sa_cc");
  expect(stdout).toBe(recordedOps("sa_cc.txt").replace('"btf_vmlinux_id": 1', '"btf_vmlinux_id": 0'));
});

describe("an object file", () => {
  const OBJECT = path.join(import.meta.dirname, "../sources/data/maps/ops.bpfel.o");

  test("shows what it will implement", async () => {
    const { stdout, stderr } = await cliFrom(OBJECT, "-j struct_ops show");
    expect(stderr).toBe("");
    const shown: { name: string; kernel_struct_ops: string }[] = JSON.parse(stdout);
    expect(shown.length).toBeGreaterThan(0);
    for (const { kernel_struct_ops } of shown) expect(kernel_struct_ops).toMatch(/^[a-z]\w*[a-z]$/);
  });

  test("has values of its own types, and says so", async () => {
    const { stdout, stderr, status } = await cliFrom(OBJECT, "struct_ops dump");
    expect(stderr).toBe(
      "Warning: an object file has no types of the kernel: values are of the file's own types\n",
    );
    expect(status).toBe(0);
    const [info, value] = JSON.parse(stdout);
    expect(Object.keys(info.bpf_map_info)).toEqual(
      Object.keys(JSON.parse(recordedOps("sa_cc.json.txt"))[0].bpf_map_info),
    );
    expect(JSON.stringify(value)).toMatch(/prog_id:1\b/);
  });
});

test("the value's type is where the recording has it", () => {
  expect(new Btf(KERNEL_BTF).type(VALUE_TYPE.here)?.name).toBe("bpf_struct_ops_tcp_congestion_ops");
});
