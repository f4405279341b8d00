/** `btf dump`: sources, formats and mistakes, with bpftool 7.8.0's texts and exit statuses (section 14.2 of the inventory). */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { dataFile, dataText } from "../support/data.ts";
import type { Machine } from "../support/memory-source.ts";
import { btfRecord, mapRecord, progRecord } from "../support/records.ts";
import { cliFrom, saveMachine } from "../support/saved-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { buildElf, LE64 } from "../elf/elf-builder.ts";

const ROOT = tempFolder();

function put(name: string, bytes: Uint8Array): string {
  const file = path.join(ROOT, name);
  fs.writeFileSync(file, bytes);
  return file;
}

const ALL_KINDS = dataFile(import.meta.url, "../btf/data/all_kinds.btf");
const ALL_KINDS_RAW = dataText(import.meta.url, "../btf/data/all_kinds.raw.txt");
const FILE = put("all_kinds.btf", ALL_KINDS);

function kernelTypes() {
  const builder = new BtfBuilder();
  const int = builder.int("int", 4, { encoding: 1 });
  builder.composite("STRUCT", "task", 4, [["pid", int, 0]]);
  return { bytes: builder.build(), int };
}
const KERNEL = kernelTypes();

function moduleTypes(base: Btf) {
  const builder = new BtfBuilder(base);
  builder.composite("STRUCT", "inode", 4, [["i_no", KERNEL.int, 0]]);
  return builder.build();
}
const MODULE = moduleTypes(new Btf(KERNEL.bytes));
const MODULE_RAW = "[3] STRUCT 'inode' size=4 vlen=1\n\t'i_no' type_id=1 bits_offset=0\n";
const KERNEL_RAW =
  "[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED\n" +
  "[2] STRUCT 'task' size=4 vlen=1\n\t'pid' type_id=1 bits_offset=0\n";

const MACHINE: Machine = {
  progs: [
    progRecord({ id: 7, name: "one", btfId: 24, tag: Uint8Array.from({ length: 8 }, () => 7) }),
    progRecord({ id: 8, name: "twin", btfId: 24, tag: Uint8Array.from({ length: 8 }, () => 8) }),
    progRecord({ id: 9, name: "twin", tag: Uint8Array.from({ length: 8 }, () => 9) }),
  ],
  maps: [
    mapRecord({ id: 5, name: "typed", btfId: 24, btfKeyTypeId: 1, btfValueTypeId: 13 }),
    mapRecord({ id: 6, name: "keyless", btfId: 24, btfValueTypeId: 13 }),
    mapRecord({ id: 10, name: "raw" }),
    mapRecord({ id: 11, name: "twin" }),
    mapRecord({ id: 12, name: "twin" }),
  ],
  btfs: [
    btfRecord({ id: 1, name: "vmlinux", kernel: true, size: KERNEL.bytes.length }),
    btfRecord({ id: 2, name: "ext4", kernel: true, size: MODULE.length }),
    btfRecord({ id: 24, size: ALL_KINDS.length }),
    btfRecord({ id: 25, size: 10 }),
  ],
  blobs: new Map([
    [1, KERNEL.bytes],
    [2, MODULE],
    [24, ALL_KINDS],
  ]),
  pins: [
    { kind: "map", id: 5, path: "/sys/fs/bpf/typed" },
    { kind: "prog", id: 7, path: "/sys/fs/bpf/one" },
  ],
};
const PLACE = saveMachine(ROOT, "machine", MACHINE);

async function run(line: string): Promise<readonly [stdout: string, stderr: string, status: number]> {
  const { stdout, stderr, status } = await cliFrom(PLACE, line);
  return [stdout, stderr, status];
}

const TYPE_1 = "[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED\n";
const TYPE_3 = "[3] INT 'char' size=1 bits_offset=0 nr_bits=8 encoding=SIGNED\n";
const TYPE_13 =
  "[13] STRUCT 'S' size=16 vlen=2\n\t'a' type_id=1 bits_offset=0\n\t'b' type_id=9 bits_offset=64\n";
const VOID = "[0] UNKNOWN '(anon)'\n";

describe("sources", () => {
  type Row = readonly [line: string, text: string];
  const ROWS: readonly Row[] = [
    ["btf dump id 24", ALL_KINDS_RAW],
    ["btf dump i 0x18", ALL_KINDS_RAW],
    ["btf d id 24 format raw", ALL_KINDS_RAW],
    ["btf dump id 1", KERNEL_RAW],
    ["btf dump prog id 7", ALL_KINDS_RAW],
    ["btf dump p id 7", ALL_KINDS_RAW],
    ["btf dump prog name one", ALL_KINDS_RAW],
    ["btf dump prog tag 0707070707070707", ALL_KINDS_RAW],
    ["btf dump prog pinned /sys/fs/bpf/one", ALL_KINDS_RAW],
    ["btf dump map id 5", TYPE_1 + TYPE_13],
    ["btf dump m name typed", TYPE_1 + TYPE_13],
    ["btf dump map pinned /sys/fs/bpf/typed", TYPE_1 + TYPE_13],
    ["btf dump map id 5 kv", TYPE_1 + TYPE_13],
    ["btf dump map id 5 key", TYPE_1],
    ["btf dump map id 5 value", TYPE_13],
    ["btf dump map id 5 v", TYPE_13],
    ["btf dump map id 5 all", ALL_KINDS_RAW],
    ["btf dump map id 5 key format raw", TYPE_1],
    ["btf dump map id 6", VOID + TYPE_13],
    ["btf dump map id 6 key", VOID],
    ["btf dump map id 5 all root_id 3", TYPE_3],
    [`btf dump file ${FILE}`, ALL_KINDS_RAW],
    [`btf dump f ${FILE}`, ALL_KINDS_RAW],
    [`btf dump file ${FILE} root_id 3 root_id 1`, TYPE_3 + TYPE_1],
    [`btf dump file ${FILE} r 1 r 3`, TYPE_1 + TYPE_3],
    [`btf dump file ${FILE} root_id 0`, VOID],
    [`btf dump file ${FILE} root_id 0x1`, TYPE_1],
    [`btf dump file ${FILE} unsorted`, ALL_KINDS_RAW],
    [`btf dump file ${FILE} unsorted format raw root_id 13`, TYPE_13],
  ];
  test.each(ROWS)("%s", async (line, text) => expect(await run(line)).toEqual([text, "", 0]));

  test.each(ROWS)("-j %s: as many types", async (line, text) => {
    const [stdout, stderr, status] = await run(`-j ${line}`);
    const document = JSON.parse(stdout);
    expect(Object.keys(document)).toEqual(["types"]);
    const ids = [...text.matchAll(/^\[(\d+)\]/gm)].map(([, id]) => Number(id));
    expect(document.types.map(({ id }: { id: number }) => id)).toEqual(ids);
    expect([stderr, status]).toEqual(["", 0]);
    expect(JSON.parse((await run(`-p ${line}`))[0])).toEqual(document);
  });

  test("-j and -p to the letter", async () => {
    const [compact] = await run(`-j btf dump file ${FILE} root_id 13 root_id 3`);
    expect(compact).toBe(
      '{"types":[{"id":13,"kind":"STRUCT","name":"S","size":16,"vlen":2,"members":[' +
        '{"name":"a","type_id":1,"bits_offset":0},{"name":"b","type_id":9,"bits_offset":64}]},' +
        '{"id":3,"kind":"INT","name":"char","size":1,"bits_offset":0,"nr_bits":8,"encoding":"SIGNED"}]}\n',
    );
    const [pretty] = await run(`-p btf dump file ${FILE} root_id 1`);
    expect(pretty).toBe(
      `{
    "types": [{
            "id": 1,
            "kind": "INT",
            "name": "int",
            "size": 4,
            "bits_offset": 0,
            "nr_bits": 32,
            "encoding": "SIGNED"
        }
    ]
}
`,
    );
  });
});

describe("format c", () => {
  const definitions = (text: string) =>
    text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .join("\n");

  test("a root and what it needs", async () => {
    const [stdout, stderr, status] = await run(`btf dump file ${FILE} root_id 13 format c`);
    expect(stdout.startsWith("#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n\n")).toBe(true);
    expect(stdout.endsWith("#endif /* __VMLINUX_H__ */\n")).toBe(true);
    expect(definitions(stdout)).toBe("struct S {\n\tint a;\n\tunsigned long b;\n};");
    expect(stdout).not.toContain("BPF kfuncs");
    expect([stderr, status]).toEqual(["", 0]);
  });

  test.each(["format c", "fo c", "unsorted format c", "format c unsorted", "format raw format c"])(
    "%s: all types",
    async (words) => {
      const [stdout, , status] = await run(`btf dump file ${FILE} ${words}`);
      expect(stdout).toContain("struct BF {\n\tint x: 3;\n\tint y: 29;\n\tint z;\n};\n");
      expect(stdout).toContain("/* BPF kfuncs */\n");
      expect(status).toBe(0);
    },
  );

  test("by name unless unsorted", async () => {
    const order = async (words: string) =>
      [...(await run(`btf dump file ${FILE} ${words}`))[0].matchAll(/^(?:struct|enum) (\w+) \{/gm)].map(
        ([, name]) => name,
      );
    const sorted = await order("format c");
    const unsorted = await order("format c unsorted");
    expect([...sorted].sort()).toEqual([...unsorted].sort());
    expect(sorted.slice(0, 4)).toEqual(["E", "E64", "E64S", "ES"]);
    expect(unsorted[0]).toBe("S");
  });

  test("split BTF brings its base along; raw does not", async () => {
    const [stdout] = await run("btf dump id 2 format c");
    expect(definitions(stdout)).toContain("struct task {\n\tint pid;\n};\nstruct inode {".split("\n")[0]);
    expect(stdout).toContain("struct inode {\n\tint i_no;\n};\n");
  });

  test("of a map", async () => {
    const [stdout] = await run("btf dump map id 5 value format c");
    expect(definitions(stdout)).toBe("struct S {\n\tint a;\n\tunsigned long b;\n};");
  });

  test.each(["-j", "-p"])("%s: not supported", async (option) => {
    const [stdout, stderr, status] = await run(`${option} btf dump file ${FILE} format c`);
    expect(JSON.parse(stdout)).toEqual({ error: "JSON output for C-syntax dump is not supported" });
    expect([stderr, status]).toEqual(["", 161]);
  });
});

describe("base BTF", () => {
  const base = put("vmlinux.btf", KERNEL.bytes);
  const split = put("ext4.btf", MODULE);
  const WARNING =
    "Warning: valid base BTF was not specified with -B option, falling back to standard base BTF (/sys/kernel/btf/vmlinux)\n";

  test("the BTF of a module stands on that of the kernel, with a word", async () => {
    expect(await run("btf dump id 2")).toEqual([MODULE_RAW, WARNING, 0]);
    const [stdout, stderr] = await run("-j btf dump id 2");
    expect(JSON.parse(stdout).types).toMatchObject([{ id: 3, name: "inode" }]);
    expect(stderr).toBe("");
  });

  test.each([
    ["-B, before", `-B ${base} btf dump id 2`],
    ["-B, behind", `btf dump id 2 -B ${base}`],
    ["--base-btf", `btf dump id 2 --base-btf=${base}`],
    ["a file", `btf dump file ${split} -B ${base}`],
  ])("%s: without a word", async (_, line) => expect(await run(line)).toEqual([MODULE_RAW, "", 0]));

  test("-B with roots in the base", async () => {
    expect(await run(`btf dump file ${split} -B ${base} root_id 1 root_id 3`)).toEqual([
      KERNEL_RAW.split("[2]")[0] + MODULE_RAW,
      "",
      0,
    ]);
    const [, stderr, status] = await run(`btf dump file ${split} -B ${base} root_id 4`);
    expect([stderr, status]).toEqual(["Error: invalid root ID: 4\n", 234]);
  });

  test("split BTF without its base has no ids and no names of its base", async () => {
    const [stdout, , status] = await run(`btf dump file ${split}`);
    // As bpftool: ids begin with 1, names that lie in the base are invalid or those of other strings.
    expect(stdout.startsWith("[1] STRUCT ")).toBe(true);
    expect(status).toBe(0);
  });

  test("a base that cannot be read", async () => {
    const [stdout, stderr, status] = await run(`btf dump file ${split} -B /no/such/base`);
    expect(stdout).toBe("");
    expect(stderr).toContain("/no/such/base");
    expect(status).not.toBe(0);
  });

  test("a module whose kernel's BTF was not saved", async () => {
    const place = saveMachine(ROOT, "without-kernel", MACHINE, { kernelBtf: false });
    const { stdout, stderr, status } = await cliFrom(place, "btf dump id 2");
    expect([stdout, status]).toEqual(["", 255]);
    expect(stderr).toMatch(/^Error: Cannot read snapshot '.*': btf\/[12]\.btf was not saved\n$/);
  });

  test("several files without a base", async () => {
    const [stdout, stderr, status] = await run(`btf dump file ${FILE} file ${FILE}`);
    const message =
      "base BTF is required when merging multiple BTF files; use -B/--base-btf or use sysfs paths";
    expect([stdout, stderr, status]).toEqual(["", `Error: ${message}\n`, 234]);
    const json = await run(`-j btf dump file ${FILE} file ${FILE}`);
    expect(JSON.parse(json[0])).toEqual({ error: message });
  });
});

describe("files", () => {
  const elf = buildElf(LE64, [{ name: ".text" }, { name: ".BTF", bytes: ALL_KINDS }]);
  const kernelElf = buildElf(LE64, [
    { name: ".BTF", bytes: MODULE },
    { name: ".BTF.base", bytes: KERNEL.bytes },
  ]);
  const big = new BtfBuilder();
  big.int("int", 4, { encoding: 1 });

  test.each([
    ["ELF with .BTF", put("with.o", elf), ALL_KINDS_RAW],
    ["ELF with a distilled base", put("distilled.ko", kernelElf), MODULE_RAW],
    ["big-endian BTF", put("big.btf", big.build(false)), TYPE_1],
    ["BTF of no types", put("none.btf", new BtfBuilder().build()), ""],
    ["a name with blanks and more", put("näme.btf", ALL_KINDS), ALL_KINDS_RAW],
  ])("%s", async (_, file, text) => {
    const { stdout, stderr, status } = await cliFrom(PLACE, ["btf", "dump", "file", file]);
    expect([stdout, stderr, status]).toEqual([text, "", 0]);
  });

  const patched = (offset: number, ...bytes: number[]) => {
    const copy = Uint8Array.from(ALL_KINDS);
    copy.set(bytes, offset);
    return copy;
  };
  const [INVALID, NO_DATA, NOT_ELF, NOT_THERE] = [234, 195, 95, 254];
  type Row = readonly [what: string, file: string, why: string | RegExp, status: number];
  const ROWS: readonly Row[] = [
    ["no file", path.join(ROOT, "none"), "No such file or directory", NOT_THERE],
    ["neither BTF nor ELF", put("text", Buffer.from("hello, world")), "neither BTF nor ELF", NOT_ELF],
    ["ELF without .BTF", put("without.o", buildElf(LE64, [{ name: ".text" }])), "No data available", NO_DATA],
    ["BTF that is cut", put("cut.btf", ALL_KINDS.subarray(0, 60)), /^Cannot parse BTF: /, INVALID],
    [
      "BTF of a newer version",
      put("newer.btf", patched(2, 2)),
      "Cannot parse BTF: version 2 is not 1",
      INVALID,
    ],
    [
      "BTF with a wild type section",
      put("wild.btf", patched(12, 0xff, 0xff)),
      /^Cannot parse BTF: /,
      INVALID,
    ],
    ["only a magic number", put("magic.btf", ALL_KINDS.subarray(0, 2)), /^Cannot parse BTF: /, INVALID],
    ["ELF that is cut", put("cut.o", elf.subarray(0, 70)), /./, INVALID],
    [
      "ELF with a broken .BTF",
      put("broken.o", buildElf(LE64, [{ name: ".BTF", bytes: ALL_KINDS.subarray(0, 60) }])),
      /^Cannot parse BTF: /,
      INVALID,
    ],
  ];
  test.each(ROWS)("%s", async (_, file, why, status) => {
    const [stdout, stderr, actual] = await run(`btf dump file ${file}`);
    const start = `Error: failed to load BTF from ${file}: `;
    expect(stderr.slice(0, start.length)).toBe(start);
    const rest = stderr.slice(start.length).trimEnd();
    if (typeof why === "string") expect(rest).toBe(why);
    else expect(rest).toMatch(why);
    expect([stdout, actual]).toEqual(["", status]);
    const json = await run(`-j btf dump file ${file}`);
    expect(JSON.parse(json[0]).error).toBe(stderr.slice("Error: ".length, -1));
    expect(json.slice(1)).toEqual(["", status]);
  });

  // bpftool: "Input/output error", 251
  test.each([
    ["an empty file", put("empty", new Uint8Array())],
    ["a folder", ROOT],
  ])("%s", async (_, file) => {
    const [stdout, stderr, status] = await run(`btf dump file ${file}`);
    expect(stdout).toBe("");
    expect(stderr.startsWith(`Error: failed to load BTF from ${file}: `)).toBe(true);
    expect(status).not.toBe(0);
  });
});

describe("mistakes", () => {
  const seventeen = Array.from({ length: 17 }, (_, i) => `root_id ${i + 1}`).join(" ");
  const sixteen = Array.from({ length: 16 }, (_, i) => `root_id ${i + 1}`).join(" ");
  type Row = readonly [line: string, message: string, status: number];
  const F = `btf dump file ${FILE}`;
  const ROWS: readonly Row[] = [
    ["btf dump foo x", "unrecognized BTF source specifier: 'foo'", 255],
    ["btf dump id x", "can't parse x as ID", 255],
    ["btf dump id 99", "get btf by id (99): No such file or directory", 254],
    ["btf dump id 0", "get btf by id (0): No such file or directory", 254],
    ["btf dump prog id 99", "get by id (99): No such file or directory", 255],
    ["btf dump prog id 9", "get btf by id (0): No such file or directory", 254],
    ["btf dump prog name twin", "several programs match this handle", 255],
    ["btf dump map id 99", "get map by id (99): No such file or directory", 255],
    ["btf dump map id 99 root_id 1", "cannot use root_id with other type filtering", 234],
    ["btf dump map id 10", "get btf by id (0): No such file or directory", 254],
    ["btf dump map name twin", "several maps match this handle", 255],
    ["btf dump map id 5 root_id 1", "cannot use root_id with other type filtering", 234],
    ["btf dump map id 5 kv root_id 1", "cannot use root_id with other type filtering", 234],
    // BUG in src (reported): main.ts takes the text for that of an unknown option, and prints the help behind it.
    ["btf dump map id 5 none", "unrecognized option: 'none'", 234],
    [`${F} root_id 5 root_id 5`, "duplicate root_id 5 supplied", 234],
    [`${F} root_id 5 root_id 0x5`, "duplicate root_id 5 supplied", 234],
    [`${F} root_id x`, "can't parse x as root ID", 255],
    [`${F} root_id 46`, "invalid root ID: 46", 234],
    [`${F} root_id 999`, "invalid root ID: 999", 234],
    [`${F} root_id 1 root_id 999 format c`, "invalid root ID: 999", 234],
    [`${F} -- root_id -1`, "invalid root ID: 4294967295", 234],
    [`${F} ${seventeen}`, "only 16 root_id are supported", 249],
    // bpftool crashes (24.20).
    [`${F} root_id`, "expecting value for 'root_id' option", 234],
    [`${F} format`, "expecting value for 'format' option", 234],
    [`${F} format x`, "unrecognized format specifier: 'x', possible values: raw, c", 234],
    [`${F} format r`, "unrecognized format specifier: 'r', possible values: raw, c", 234],
    [`${F} format C`, "unrecognized format specifier: 'C', possible values: raw, c", 234],
    [`${F} nosuch`, "unrecognized option: 'nosuch'", 234],
    [`${F} file`, "'file' needs at least 1 arguments, 0 found", 234],
    // `f` is the word for another file before it is `format`.
    [
      `${F} f c`,
      "base BTF is required when merging multiple BTF files; use -B/--base-btf or use sysfs paths",
      234,
    ],
  ];
  test.each(ROWS)("%s", async (line, message, status) =>
    expect(await run(line)).toEqual(["", `Error: ${message}\n`, status]),
  );

  test.each(ROWS)("-j %s", async (line, message, status) => {
    const [stdout, stderr, actual] = await run(`-j ${line}`);
    expect(JSON.parse(stdout)).toEqual({ error: message });
    expect([stderr, actual]).toEqual(["", status]);
  });

  test("16 roots are fine", async () => {
    const [stdout, , status] = await run(`${F} ${sixteen}`);
    expect([...stdout.matchAll(/^\[/gm)].length).toBe(16);
    expect(status).toBe(0);
  });

  test("a BTF whose types were not saved", async () => {
    const message = `Cannot read snapshot '${PLACE}': btf/25.btf was not saved`;
    expect(await run("btf dump id 25")).toEqual(["", `Error: ${message}\n`, 255]);
  });

  test.each([
    ["btf dump", "dump", 0],
    ["btf dump id", "dump", 1],
    ["btf dump file", "dump", 1],
    ["btf dump map id", "map", 1],
    ["btf dump prog tag", "prog", 1],
  ])("%s: too few words", async (line, word, found) => {
    const message = `'${word}' needs at least 2 arguments, ${found} found`;
    const [stdout, stderr, status] = await run(line);
    expect([stdout, status]).toEqual(["", 255]);
    expect(stderr.startsWith(`Error: ${message}\nUsage: bpflens`)).toBe(true);
    expect(await run(`-j ${line}`)).toEqual([`${JSON.stringify({ error: message })}\n`, "", 255]);
  });
});
