/** A snapshot is somebody else's file: whatever is in it, reading gives values or InspectErrors, and ends. */
import fs from "node:fs";
import path from "node:path";
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { InspectError } from "../../src/errors.ts";
import { readAttachments } from "../../src/model/attachments/read.ts";
import { attachmentsView } from "../../src/model/attachments/view.ts";
import { Registry } from "../../src/model/registry.ts";
import { attachmentsJson } from "../../src/render/attachments/show.ts";
import type { ObjectSource } from "../../src/model/source.ts";
import { openSource } from "../../src/sources/open.ts";
import { snapshotSource } from "../../src/sources/snapshot/source.ts";
import { saveSnapshot } from "../../src/sources/snapshot/write.ts";
import { MACHINE, SYMBOL_REQUEST } from "../support/machine.ts";
import { memorySource } from "../support/memory-source.ts";
import { jsonText } from "../support/rendered.ts";
import { valueOrInspectError } from "../support/outcome.ts";
import { runCli } from "../support/run-cli.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { entriesOf } from "../support/entries.ts";

const NOW = new Date("2026-11-20T10:00:00Z");
const ROOT = tempFolder();
const FILES: ReadonlyMap<string, Uint8Array> = goodFiles();
const JSON_FILES = [...FILES.keys()].filter((name) => name.endsWith(".json"));

function goodFiles(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const sink = { put: (name: string, bytes: Uint8Array) => void files.set(name, Uint8Array.from(bytes)) };
  const cgroups = {
    mount: "/cg",
    cgroups: [
      { path: "/cg", id: 1n, attached: [{ attachType: 1, progId: 7, attachFlags: 2 }], effective: [] },
    ],
    unread: [],
  };
  const mapProgs = new Map([[34, [{ attachType: 4, progId: 7 }]]]);
  saveSnapshot(new Registry(memorySource({ ...MACHINE, cgroups, mapProgs })), sink, {
    now: NOW,
    maxEntries: 100,
    maxBytes: 10_000,
    kernelBtf: true,
  });
  return files;
}

let folders = 0;

/** Files that replace some of the good ones; undefined leaves a file out. */
type Changes = Readonly<Record<string, Uint8Array | string | undefined>>;

function withChanges(changes: Changes): Map<string, Uint8Array> {
  const files = new Map(FILES);
  for (const [name, bytes] of Object.entries(changes)) {
    if (bytes === undefined) files.delete(name);
    else files.set(name, typeof bytes === "string" ? Buffer.from(bytes, "utf8") : bytes);
  }
  return files;
}

/** A folder with these files. */
function folder(changes: Changes = {}): string {
  const place = path.join(ROOT, `folder-${folders++}`);
  for (const [name, bytes] of withChanges(changes)) {
    fs.mkdirSync(path.dirname(path.join(place, name)), { recursive: true });
    fs.writeFileSync(path.join(place, name), bytes);
  }
  return place;
}

function zipFile(bytes: Uint8Array): string {
  const place = path.join(ROOT, `zip-${folders++}`);
  fs.writeFileSync(place, bytes);
  return place;
}

function goodZip(): Buffer {
  const tree = Object.fromEntries([...FILES].map(([name, bytes]) => [name, bytes]));
  return Buffer.from(zipSync(tree, { level: 6, mtime: NOW }));
}

/** Reads all that a source has, each part on its own; gives the errors. Anything but an InspectError goes through. */
function readAll(source: ObjectSource): InspectError[] {
  const registry = new Registry(source);
  const errors: InspectError[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    const value = valueOrInspectError(read);
    if (!(value instanceof InspectError)) return value;
    errors.push(value);
    return undefined;
  };
  for (const prog of attempt(() => [...source.progs()]) ?? []) {
    attempt(() => registry.progName(prog));
    attempt(() => registry.metadata(prog));
    attempt(() => source.code(prog));
    attempt(() => source.image(prog));
    attempt(() => registry.btf(prog.btfId));
  }
  for (const map of attempt(() => [...source.maps()]) ?? [])
    attempt(() => entriesOf(source.contents(map), map));
  for (const btf of attempt(() => [...source.btfs()]) ?? []) {
    if (!btf.kernel) attempt(() => source.btfBytes(btf));
  }
  attempt(() => [...source.links()]);
  attempt(() => [...source.perf()]);
  attempt(() => source.pins());
  attempt(() => source.holders());
  attempt(() => source.tokens());
  attempt(() => source.network?.({ everyNetns: false }));
  attempt(() => source.symbols(SYMBOL_REQUEST));
  attempt(() => source.cgroups?.().walk("/cg", false));
  for (const map of attempt(() => [...source.maps()]) ?? []) attempt(() => source.mapProgs?.(map));
  attempt(() => printAttachments(registry));
  return errors;
}

function printAttachments(registry: Registry): void {
  const { attachments, problems } = readAttachments(registry);
  const view = attachmentsView(registry, attachments, { by: "all" });
  jsonText((json) => attachmentsJson(json, view, problems));
}

/** The errors of a snapshot that can be opened or not. */
async function errorsOf(place: string): Promise<InspectError[]> {
  try {
    return readAll(await openSource(place));
  } catch (error) {
    if (error instanceof InspectError) return [error];
    throw error;
  }
}

/** The same for files in memory: the good ones, with changes. */
function errorsWith(changes: Changes): InspectError[] {
  const files = withChanges(changes);
  const source = valueOrInspectError(() =>
    snapshotSource(
      {
        size: (name) => files.get(name)?.length,
        read: (name) => files.get(name) ?? expect.unreachable(`${name} is not there`),
      },
      "S",
    ),
  );
  return source instanceof InspectError ? [source] : readAll(source);
}

function messagesWith(changes: Changes): string[] {
  return errorsWith(changes).map(({ message }) => message);
}

async function messagesOf(place: string): Promise<string[]> {
  return (await errorsOf(place)).map(({ message }) => message.replace(place, "S"));
}

function text(name: string): string {
  return Buffer.from(FILES.get(name) ?? []).toString("utf8");
}

/** What to put where: `{ "1.tag": "0123" }`; undefined takes the key out. */
type Edits = Readonly<Record<string, unknown>>;
type Tree = Record<string, unknown>;

/** A JSON file with other values in it. */
function edited(name: string, edits: Edits): string {
  const document: Tree = JSON.parse(text(name));
  for (const [place, value] of Object.entries(edits)) {
    const keys = place.split(".");
    const last = keys.pop() ?? "";
    const owner = keys.reduce((tree, key) => tree[key] as Tree, document);
    if (value === undefined) delete owner[last];
    else owner[last] = value;
  }
  return JSON.stringify(document);
}

test("the files themselves are good, as a folder and as a zip", async () => {
  expect(await messagesOf(folder())).toEqual([]);
  expect(await messagesOf(zipFile(goodZip()))).toEqual([]);
});

describe("JSON files", () => {
  test.each(JSON_FILES)("%s cut at many lengths", (name) => {
    const whole = text(name).trimEnd();
    for (let length = 0; length < whole.length; length += Math.max(1, Math.floor(whole.length / 40))) {
      const [first] = errorsWith({ [name]: whole.slice(0, length) });
      expect(first?.message, `${length} characters`).toContain(`${name}: `);
      expect([first?.code, first?.status]).toEqual(["snapshot", 255]);
    }
  });

  test.each(JSON_FILES)("%s missing", (name) => {
    const wanted = `Cannot read snapshot 'S': there is no ${name}`;
    expect(messagesWith({ [name]: undefined }).some((message) => message.startsWith(wanted))).toBe(true);
  });

  const DOCUMENTS = [
    "null",
    "[null]",
    "[[]]",
    "[1]",
    '"x"',
    "7",
    "true",
    '{"0":{}}',
    "\ufeff[]",
    "\0",
    "[]]",
  ];
  test.each(JSON_FILES)("%s of another kind", (name) => {
    for (const document of DOCUMENTS)
      expect(errorsWith({ [name]: document }).length, document).toBeGreaterThan(0);
  });

  test.each(JSON_FILES)("%s with each of its values replaced", (name) => {
    const document: unknown = JSON.parse(text(name));
    const [row, prefix] = Array.isArray(document) ? [document[0], "0."] : [document, ""];
    for (const key of Object.keys(row as Tree)) {
      for (const value of [null, -1, 1.5, 2 ** 53, "x", [], {}, true, undefined]) {
        // It may be right for some keys; nothing but an InspectError may come of it.
        errorsWith({ [name]: edited(name, { [`${prefix}${key}`]: value }) });
      }
    }
  });

  test("nested too deeply", () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    for (const name of JSON_FILES) expect(errorsWith({ [name]: deep }).length).toBeGreaterThan(0);
    const value = `${'{"kind":"list","items":['.repeat(20_000)}${"]}".repeat(20_000)}`;
    const progs = edited("progs.json", { "0.metadata": [{ key: "k", value: "HERE" }] });
    const [first] = messagesWith({ "progs.json": progs.replace('"HERE"', value) });
    expect(first).toMatch(/^Cannot read snapshot 'S': progs\.json: .*(nested|levels)/);
  });

  type Row = readonly [what: string, name: string, edits: Edits, message: string | RegExp];
  const NEWER = "version 3 is newer: this bpflens reads up to version 2";
  const ROWS: readonly Row[] = [
    ["a newer version", "snapshot.json", { version: 3 }, `snapshot.json: ${NEWER}`],
    ["version 0", "snapshot.json", { version: 0 }, /snapshot\.json: version: /],
    ["a version that is no number", "snapshot.json", { version: "1" }, /snapshot\.json: version: /],
    ["another format", "snapshot.json", { format: "zip" }, /snapshot\.json: format: /],
    ["no CPUs", "snapshot.json", { "host.possibleCpus": 0 }, /: host\.possibleCpus: /],
    ["very many CPUs", "snapshot.json", { "host.possibleCpus": 2 ** 31 }, /: host\.possibleCpus: /],
    ["a time of 65 bits", "snapshot.json", { "host.bootTime": "18446744073709551616" }, /: host\.bootTime: /],
    ["a short tag", "progs.json", { "1.tag": "0123" }, "progs.json: [1].tag: expected 16 hex digits"],
    ["an id below 0", "progs.json", { "2.id": -1 }, /progs\.json: \[2\]\.id: /],
    ["an id of 33 bits", "maps.json", { "0.id": 2 ** 32 }, /maps\.json: \[0\]\.id: /],
    ["a NUL in a name", "maps.json", { "0.name": "a\0b" }, /maps\.json: \[0\]\.name: /],
    ["a character that is no byte", "maps.json", { "0.name": "\u0122" }, /maps\.json: \[0\]\.name: /],
    ["a very long name", "maps.json", { "0.name": "x".repeat(5000) }, /maps\.json: \[0\]\.name: /],
    ["a number as a u64", "maps.json", { "0.mapExtra": 5 }, /maps\.json: \[0\]\.mapExtra: /],
    ["a memlock in words", "maps.json", { "0.memlock": "much" }, /maps\.json: \[0\]\.memlock: /],
    ["no errno at all", "maps.json", { "0.savedErrno": 0 }, /maps\.json: \[0\]\.savedErrno: /],
    ["an errno below 0", "maps.json", { "0.savedErrno": -22 }, /maps\.json: \[0\]\.savedErrno: /],
    ["an errno of 17 bits", "maps.json", { "0.savedErrno": 0x1_0000 }, /maps\.json: \[0\]\.savedErrno: /],
    ["an errno in words", "maps.json", { "0.savedErrno": "EINVAL" }, /maps\.json: \[0\]\.savedErrno: /],
    ["cut by a number", "maps.json", { "0.savedCut": 1 }, /maps\.json: \[0\]\.savedCut: /],
    ["cut by null", "maps.json", { "0.savedCut": null }, /maps\.json: \[0\]\.savedCut: /],
    ["values below 0", "maps.json", { "0.savedValueSize": -1 }, /maps\.json: \[0\]\.savedValueSize: /],
    ["half an entry", "maps.json", { "0.savedEntries": 0.5 }, /maps\.json: \[0\]\.savedEntries: /],
    ["a link of an unknown kind", "links.json", { "0.detail.kind": "nosuch" }, /links\.json: \[0\]\.detail/],
    [
      "a link of an inherited kind",
      "links.json",
      { "0.detail.kind": "toString" },
      /links\.json: \[0\]\.detail/,
    ],
    ["a link without its detail", "links.json", { "0.detail": undefined }, /links\.json: \[0\]\.detail: /],
    ["a pin of a BTF", "pins.json", { "0.kind": "btf" }, /pins\.json: \[0\]\.kind: /],
  ];
  test.each(ROWS)("%s", (_, name, edits, message) => {
    const [first] = messagesWith({ [name]: edited(name, edits) });
    if (typeof message === "string") expect(first).toBe(`Cannot read snapshot 'S': ${message}`);
    else expect(first).toMatch(message);
  });

  test("keys that only JavaScript knows change nothing", async () => {
    const odd = '{"__proto__":{"orphaned":true},"constructor":1,"toString":2,"';
    const source = await openSource(folder({ "progs.json": text("progs.json").replaceAll('{"', odd) }));
    expect(source.prog(7).orphaned).toBe(false);
    expect(readAll(source)).toEqual([]);
    expect(({} as { orphaned?: boolean }).orphaned).toBeUndefined();
  });
});

describe("-j output is valid JSON, whatever the snapshot says", () => {
  const metadata = (value: unknown) => ({ "0.metadata": [{ key: "k", value }] });
  const infinite = edited("progs.json", metadata({ kind: "float", value: "HERE" })).replace(
    '"HERE"',
    "1e999",
  );
  const ROWS: readonly (readonly [what: string, name: string, content: string])[] = [
    ["a memlock with leading zeros", "progs.json", edited("progs.json", { "0.memlock": "007" })],
    ["a memlock of a map with leading zeros", "maps.json", edited("maps.json", { "0.memlock": "00" })],
    ["names of any bytes", "progs.json", edited("progs.json", { "0.name": '\x01"\\\n\xff' })],
    ["a hex number below 0", "progs.json", edited("progs.json", metadata({ kind: "hex", value: "-5" }))],
    ["the largest type", "progs.json", edited("progs.json", { "0.type": 0xffff_ffff })],
    ["a float that is infinite", "progs.json", infinite],
    // The low byte of U+0122 is a quote, that of U+010A a newline.
    ["a parse error that quotes U+0122", "progs.json", '{"a":\u0122\u010a"'],
    ["a parse error of the manifest, likewise", "snapshot.json", "\u0122"],
    [
      "a validation error, likewise",
      "progs.json",
      edited("progs.json", { "0.gplCompatible": "\u0122\u010a" }),
    ],
  ];
  test.each(ROWS)("%s", async (_, name, content) => {
    const place = folder({ [name]: content });
    for (const object of ["prog", "map"]) {
      const { stdout, stderr, status } = await runCli(["-j", "--from", place, object, "show"]);
      JSON.parse(stdout);
      expect(stderr).not.toContain("This is a bug");
      expect([0, 255]).toContain(status);
    }
  });
});

describe("blobs", () => {
  const BLOBS = [...FILES.keys()].filter((name) => /\.(bin|btf)$/.test(name));

  test("there are blobs of every kind", () => {
    const kinds = new Set(BLOBS.map((name) => path.basename(name)));
    expect([...kinds].sort()).toEqual([
      "24.btf",
      "func_info.bin",
      "jited.bin",
      "jited_line_info.bin",
      "keys.bin",
      "line_info.bin",
      "values.bin",
      "xlated.bin",
    ]);
  });

  test.each(BLOBS)("%s of another size than its record tells", (name) => {
    const bytes = Buffer.from(FILES.get(name) ?? []);
    for (const other of [bytes.subarray(1), bytes.subarray(0, 0), Buffer.concat([bytes, bytes])]) {
      expect(messagesWith({ [name]: other })).toContain(
        `Cannot read snapshot 'S': ${name} has ${other.length} bytes, its record tells ${bytes.length}`,
      );
    }
  });

  test("instructions that are no multiple of 8 bytes", async () => {
    const place = folder({
      "progs.json": edited("progs.json", { "0.xlatedLen": 15 }),
      "progs/7/xlated.bin": new Uint8Array(15),
    });
    const { stdout, stderr, status } = await runCli(["--from", place, "prog", "dump", "xlated", "id", "7"]);
    const warning = "Warning: program 7: the last 7 of 15 bytes, at offset 0x8, are no whole instruction\n";
    expect([stdout.split("\n").length, stderr, status]).toEqual([2, warning, 0]);
  });

  const COUNTS: readonly (readonly [what: string, name: string, place: string])[] = [
    ["very many saved entries", "maps.json", "0.savedEntries"],
    ["very large keys", "maps.json", "0.keySize"],
    ["very large values", "maps.json", "0.savedValueSize"],
    ["very many functions", "progs.json", "1.nrFuncInfo"],
    ["very large line records", "progs.json", "1.lineInfoRecSize"],
    ["very much code", "progs.json", "1.xlatedLen"],
    ["a very large image", "progs.json", "1.jitedLen"],
    ["very much BTF", "btfs.json", "1.size"],
  ];
  test.each(COUNTS)("%s", (_, name, place) => {
    const messages = messagesWith({ [name]: edited(name, { [place]: 0xffff_ffff }) });
    expect(messages.some((message) => /has \d+ bytes, its record tells \d+$/.test(message))).toBe(true);
  });

  test("very many entries of no bytes", async () => {
    const place = folder({
      "maps.json": edited("maps.json", {
        "0.keySize": 0,
        "0.savedValueSize": 0,
        "0.savedEntries": 0xffff_ffff,
      }),
      "maps/26/keys.bin": "",
      "maps/26/values.bin": "",
    });
    const source = await openSource(place);
    const error = inspectErrorOf(() => source.contents(source.map(26)));
    expect(error.message).toContain("map 26 has no keys, but 4294967295 entries");
  });

  test.each([0, 2, 4, 5, 7, 60_000])("errors of %i bytes, where there are three entries", (size) => {
    expect(messagesWith({ "maps/26/errors.bin": new Uint8Array(size) })).toContain(
      `Cannot read snapshot 'S': maps/26/errors.bin has ${size} bytes, its record tells 6`,
    );
  });

  test("errors of any value", () => {
    const place = folder({ "maps/26/errors.bin": Uint8Array.of(0, 0, 255, 255, 1, 0) });
    return openSource(place).then((source) => {
      const map = source.map(26);
      expect(entriesOf(source.contents(map), map).map(({ errno }) => errno)).toEqual([undefined, 0xffff, 1]);
    });
  });

  test.each(["keys", "values"])("%s of a map that has entries are not there", (name) => {
    expect(messagesWith({ [`maps/26/${name}.bin`]: undefined })).toContain(
      `Cannot read snapshot 'S': there is no maps/26/${name}.bin`,
    );
  });

  test("saved values are smaller than the map's", () => {
    const changes = {
      "maps.json": edited("maps.json", { "0.savedValueSize": 3 }),
      "maps/26/values.bin": new Uint8Array(9),
    };
    expect(messagesWith(changes)).toContain(
      "Cannot read snapshot 'S': map 26 has values of 4 bytes, 3 were saved",
    );
  });

  test("the value of a queue is smaller than the map's", async () => {
    const place = folder({
      "maps.json": edited("maps.json", {
        "0.type": 22,
        "0.keySize": 0,
        "0.savedEntries": 1,
        "0.savedValueSize": 1,
      }),
      "maps/26/keys.bin": undefined,
      "maps/26/values.bin": Uint8Array.of(0x55),
    });
    const { stdout, stderr, status } = await runCli(["--from", place, "map", "peek", "id", "26"]);
    expect(stdout).toBe("");
    expect(stderr).toContain("map 26 has values of 4 bytes, 1 were saved");
    expect(status).toBe(255);
  });

  const COMMANDS = ["dump id 26", "lookup id 26 key 1 0 0 0", "getnext id 26", "dump id 32", "peek id 26"];
  const CONTENTS: readonly (readonly [what: string, changes: () => Changes])[] = [
    ["a savedErrno", () => ({ "maps.json": edited("maps.json", { "0.savedErrno": 0xffff }) })],
    ["cut", () => ({ "maps.json": edited("maps.json", { "0.savedCut": true }) })],
    ["a map of another type", () => ({ "maps.json": edited("maps.json", { "0.type": 13 }) })],
    ["a map of an unknown type", () => ({ "maps.json": edited("maps.json", { "0.type": 0xffff_ffff }) })],
    ["an LPM trie", () => ({ "maps.json": edited("maps.json", { "0.type": 11 }) })],
    ["a per-CPU map with one value", () => ({ "maps.json": edited("maps.json", { "0.type": 5 }) })],
    ["larger values", () => ({ "maps.json": edited("maps.json", { "0.valueSize": 5 }) })],
    ["smaller values", () => ({ "maps.json": edited("maps.json", { "0.valueSize": 1 }) })],
    ["values of no bytes", () => ({ "maps.json": edited("maps.json", { "0.valueSize": 0 }) })],
    [
      "maps of maps with small ids",
      () => ({ "maps.json": edited("maps.json", { "0.type": 12, "0.valueSize": 2 }) }),
    ],
    [
      "a BTF that is not there",
      () => ({ "maps.json": edited("maps.json", { "0.btfId": 99, "0.btfValueTypeId": 1 }) }),
    ],
    [
      "a type that does not fit",
      () => ({ "maps.json": edited("maps.json", { "0.btfId": 24, "0.btfValueTypeId": 3 }) }),
    ],
    [
      "types of the kernel, which is not there",
      () => ({ "maps.json": edited("maps.json", { "0.btfVmlinuxValueTypeId": 3 }) }),
    ],
    ["no entries at all", () => ({ "maps.json": edited("maps.json", { "0.savedEntries": undefined }) })],
    ["errors for all entries", () => ({ "maps/26/errors.bin": new Uint8Array(6).fill(1) })],
    ["65,536 CPUs", () => ({ "snapshot.json": edited("snapshot.json", { "host.possibleCpus": 65_536 }) })],
    [
      "the other byte order",
      () => ({ "snapshot.json": edited("snapshot.json", { "host.littleEndian": false }) }),
    ],
  ];
  test.each(CONTENTS)("map commands on %s: JSON, and no bug", async (_, changes) => {
    const place = folder(changes());
    for (const command of COMMANDS) {
      for (const options of [["-j"], ["-p"], []]) {
        const line = [...options, "--from", place, "map", ...command.split(" ")];
        const { stdout, stderr } = await runCli(line);
        if (options.length > 0) JSON.parse(stdout);
        expect(stderr, line.join(" ")).not.toContain("This is a bug");
      }
    }
  });

  test("records of no size, where there are some", async () => {
    const place = folder({
      "progs.json": edited("progs.json", { "1.funcInfoRecSize": 0 }),
      "progs/121/func_info.bin": "",
    });
    expect(await errorsOf(place)).toEqual([]);
    const { stderr } = await runCli(["--from", place, "prog", "dump", "xlated", "id", "121"]);
    expect(stderr).toBe("");
  });

  test("kallsyms that is anything else", () => {
    for (const symbols of ["", "\n\n\n", "x", "\0".repeat(1000), "ffffffff814ca650 T __bpf_call_base"])
      expect(messagesWith({ "kallsyms.txt": symbols })).toEqual([]);
  });
});

describe("folders", () => {
  test("a link to a file elsewhere is not followed", async () => {
    const place = folder({ "progs.json": undefined, "btf/24.btf": undefined });
    const secret = path.join(ROOT, "secret");
    fs.writeFileSync(secret, FILES.get("progs.json") ?? "");
    fs.symlinkSync(secret, path.join(place, "progs.json"));
    expect(await messagesOf(place)).toContain("Cannot read snapshot 'S': progs.json is a link");
  });

  test("a link to a folder elsewhere is not followed", async () => {
    const place = folder();
    fs.renameSync(path.join(place, "progs"), path.join(ROOT, "elsewhere"));
    fs.symlinkSync(path.join(ROOT, "elsewhere"), path.join(place, "progs"));
    expect(await messagesOf(place)).toContain("Cannot read snapshot 'S': progs/7/xlated.bin is a link");
  });

  test("a link to the snapshot itself is fine", async () => {
    const place = folder();
    fs.symlinkSync(place, path.join(ROOT, "link-to-snapshot"));
    expect(await messagesOf(path.join(ROOT, "link-to-snapshot"))).toEqual([]);
  });

  const ODD: readonly (readonly [what: string, make: (place: string) => void])[] = [
    [
      "a link to itself as a table",
      (place) => {
        fs.rmSync(path.join(place, "pins.json"));
        fs.symlinkSync("pins.json", path.join(place, "pins.json"));
      },
    ],
    [
      "a link to nowhere as a table",
      (place) => {
        fs.rmSync(path.join(place, "pins.json"));
        fs.symlinkSync("/no/such/file", path.join(place, "pins.json"));
      },
    ],
    [
      "a folder as a table",
      (place) => {
        fs.rmSync(path.join(place, "pins.json"));
        fs.mkdirSync(path.join(place, "pins.json"));
      },
    ],
    [
      "a file where the folder of a program's blobs should be",
      (place) => {
        fs.rmSync(path.join(place, "progs"), { recursive: true });
        fs.writeFileSync(path.join(place, "progs"), "");
      },
    ],
    [
      "a link to itself where a folder should be",
      (place) => {
        fs.rmSync(path.join(place, "btf"), { recursive: true });
        fs.symlinkSync("btf", path.join(place, "btf"));
      },
    ],
    [
      "a link to itself as the manifest",
      (place) => {
        fs.rmSync(path.join(place, "snapshot.json"));
        fs.symlinkSync("snapshot.json", path.join(place, "snapshot.json"));
      },
    ],
  ];
  test.each(ODD)("%s", async (_, make) => {
    const place = folder();
    make(place);
    await errorsOf(place); // throws where it is anything but an InspectError
  });

  test("an empty folder", async () => {
    const place = path.join(ROOT, "empty");
    fs.mkdirSync(place);
    expect(await messagesOf(place)).toEqual(["Cannot read snapshot 'S': there is no snapshot.json"]);
  });
});

describe("zip files", () => {
  test("cut at many lengths", async () => {
    const zip = goodZip();
    const step = Math.max(1, Math.floor(zip.length / 200));
    for (let length = 0; length < zip.length; length += step) {
      const errors = await errorsOf(zipFile(zip.subarray(0, length)));
      expect(errors.length, `${length} bytes`).toBe(1);
    }
  });

  test("with bytes changed all over", async () => {
    const zip = goodZip();
    for (let at = 0; at < zip.length; at += 13) {
      const copy = Buffer.from(zip);
      copy[at] = (copy[at] ?? 0) ^ 0xff;
      await errorsOf(zipFile(copy)); // throws where it is anything but an InspectError
    }
  });

  /** Offsets of the end record and of the entries of the directory. */
  function directoryOf(zip: Buffer): { end: number; entries: number[] } {
    const end = zip.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
    const entries: number[] = [];
    for (let at = zip.readUInt32LE(end + 16), i = 0; i < zip.readUInt16LE(end + 10); i++) {
      entries.push(at);
      at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    }
    return { end, entries };
  }

  type Patch = (zip: Buffer, end: number, entry: number) => void;
  /** `entry` is the first of the directory: it must matter, so the manifest stands there. */
  const PATCHES: readonly (readonly [what: string, patch: Patch])[] = [
    ["a size that is too large", (zip, _, entry) => void zip.writeUInt32LE(100_000, entry + 24)],
    ["a size that is too small", (zip, _, entry) => void zip.writeUInt32LE(3, entry + 24)],
    ["a size of 4 GB", (zip, _, entry) => void zip.writeUInt32LE(0xffff_fffe, entry + 24)],
    [
      "a zip64 size without a zip64 field",
      (zip, _, entry) => void zip.writeUInt32LE(0xffff_ffff, entry + 24),
    ],
    ["no packed bytes", (zip, _, entry) => void zip.writeUInt32LE(0, entry + 20)],
    ["contents past the end", (zip, _, entry) => void zip.writeUInt32LE(0x7fff_ffff, entry + 42)],
    ["an unknown compression", (zip, _, entry) => void zip.writeUInt16LE(99, entry + 10)],
    ["stored where it is packed", (zip, _, entry) => void zip.writeUInt16LE(0, entry + 10)],
    ["a directory past the end", (zip, end) => void zip.writeUInt32LE(zip.length + 5, end + 16)],
    ["a directory at the zip64 marker", (zip, end) => void zip.writeUInt32LE(0xffff_ffff, end + 16)],
    ["65,535 entries", (zip, end) => void zip.fill(0xff, end + 8, end + 12)],
    ["65,534 entries", (zip, end) => void zip.fill(Buffer.from([0xfe, 0xff, 0xfe, 0xff]), end + 8, end + 12)],
    ["65,535 entries on this disk alone", (zip, end) => void zip.writeUInt16LE(0xffff, end + 8)],
    ["no entries", (zip, end) => void zip.fill(0, end + 8, end + 12)],
    ["a directory that is somewhere else", (zip, end) => void zip.writeUInt32LE(0, end + 16)],
  ];
  test.each(PATCHES)("%s", async (_, patch) => {
    const zip = goodZip0();
    const { end, entries } = directoryOf(zip);
    patch(zip, end, entries[0] ?? 0);
    expect((await errorsOf(zipFile(zip))).length).toBeGreaterThan(0);
  });

  /** The same with the manifest first. */
  function goodZip0(): Buffer {
    const names = ["snapshot.json", ...[...FILES.keys()].filter((name) => name !== "snapshot.json")];
    const tree = Object.fromEntries(names.map((name) => [name, FILES.get(name) ?? new Uint8Array()]));
    return Buffer.from(zipSync(tree, { level: 6, mtime: NOW }));
  }

  test("a zip64 directory that claims a million entries", async () => {
    const zip = goodZip();
    const { end } = directoryOf(zip);
    const record = Buffer.alloc(56);
    record.write("PK\x06\x06", "latin1");
    record.writeUInt32LE(1_000_000, 32);
    record.writeUInt32LE(zip.length, 48);
    const locator = Buffer.alloc(20);
    locator.write("PK\x06\x07", "latin1");
    locator.writeUInt32LE(end, 8);
    const tail = Buffer.from(zip.subarray(end));
    const errors = await errorsOf(zipFile(Buffer.concat([zip.subarray(0, end), record, locator, tail])));
    expect(errors.length).toBe(1);
  });

  test("a name twice", async () => {
    const zip = goodZip();
    const [from, to] = ["links.json", "holde.json"];
    const tree = Object.fromEntries([...FILES, [to, strToU8("[]")] as const]);
    const both = Buffer.from(zipSync(tree, { level: 0, mtime: NOW }));
    for (let at = both.indexOf(to); at >= 0; at = both.indexOf(to, at + 1)) both.write(from, at);
    expect(await messagesOf(zipFile(both))).toEqual([
      "Cannot read snapshot 'S': links.json is in the zip file twice",
    ]);
    expect(zip.indexOf(to)).toBe(-1);
  });

  test("names that lead out are never looked at", async () => {
    const tree = Object.fromEntries([
      ...FILES,
      ["../../outside.json", strToU8("x")] as const,
      ["/etc/passwd", strToU8("x")] as const,
    ]);
    const place = zipFile(Buffer.from(zipSync(tree, { mtime: NOW })));
    expect(await messagesOf(place)).toEqual([]);
    expect(fs.existsSync(path.join(ROOT, "..", "outside.json"))).toBe(false);
  });

  test("a comment behind the directory is fine", async () => {
    const zip = goodZip();
    zip.writeUInt16LE(5, directoryOf(zip).end + 20);
    expect(await messagesOf(zipFile(Buffer.concat([zip, Buffer.from("hello")])))).toEqual([]);
  });
});

describe("openSource() tells kinds by their first bytes", () => {
  const ROWS: readonly (readonly [what: string, bytes: Uint8Array, message: string])[] = [
    [
      "an ELF object",
      Buffer.from("\x7fELF\x02\x01\x01"),
      "Cannot parse ELF: 2 bytes at offset 0x10 are past the end (7 bytes)",
    ],
    [
      "raw BTF",
      Uint8Array.of(0x9f, 0xeb, 1, 0),
      "it is raw BTF, types without programs or maps: 'btf dump file' shows them",
    ],
    [
      "big-endian BTF",
      Uint8Array.of(0xeb, 0x9f, 1, 0),
      "it is raw BTF, types without programs or maps: 'btf dump file' shows them",
    ],
    [
      "text",
      Buffer.from("hello"),
      "it is neither a snapshot (a folder or a zip file) nor an ELF object; instructions are 'insns:FILE'",
    ],
    [
      "nothing",
      new Uint8Array(),
      "it is neither a snapshot (a folder or a zip file) nor an ELF object; instructions are 'insns:FILE'",
    ],
    [
      "one byte",
      Buffer.from("P"),
      "it is neither a snapshot (a folder or a zip file) nor an ELF object; instructions are 'insns:FILE'",
    ],
  ];
  test.each(ROWS)("%s", async (_, bytes, message) => {
    expect(await messagesOf(zipFile(bytes))).toEqual([`Cannot open source 'S': ${message}`]);
  });

  test("a path that is not there", async () => {
    const [message] = await messagesOf(path.join(ROOT, "nothing-here"));
    expect(message).toBe("Cannot open source 'S': No such file or directory");
  });

  test("a name that is no bundled snapshot", async () => {
    const [message] = await messagesOf("no-such-bundle");
    expect(message).toMatch(/^Cannot open source 'S': No such file or directory \(bundled snapshots: .*\)$/);
  });
});

describe("ids", () => {
  const row = (id: number) => ({ id, size: 0, name: "", kernel: true });
  test.each([
    ["twice", [7, 7]],
    ["descending", [7, 6]],
  ])("%s", (_how, ids) => {
    expect(messagesWith({ "btfs.json": JSON.stringify(ids.map(row)) })).toContain(
      "Cannot read snapshot 'S': btfs.json: [1].id: expected more than 7",
    );
  });
});
