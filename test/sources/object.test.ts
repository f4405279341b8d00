/** Programs of object files: data/programs has the objects, what LLVM says of them, and what the kernel made of them. */
import { describe, expect, test } from "vitest";
import { hexText } from "../../src/bytes/hex.ts";
import { listing } from "../../src/code/listing.ts";
import { programCode } from "../../src/code/program-code.ts";
import { LD_IMM64 } from "../../src/insn/insn.ts";
import type { InsnReference, ProgRecord } from "../../src/model/records.ts";
import { Registry } from "../../src/model/registry.ts";
import type { FileSource } from "../../src/sources/object/file-source.ts";
import { objectSource } from "../../src/sources/object/source.ts";
import { ATTACH_TYPES } from "../../src/uapi/attach-types.ts";
import { PROG_TYPES } from "../../src/uapi/prog-types.ts";
import { dataFile, dataText } from "../support/data.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { ownInsns, printedInsns } from "./objdump.ts";

const OBJECTS = [
  "features.bpfel.o",
  "features.bpfeb.o",
  "bare.o",
  "user.o",
  "library.o",
  "linked.o",
] as const;
type ObjectName = (typeof OBJECTS)[number];

const bytesOf = (name: ObjectName) => dataFile(import.meta.url, `data/programs/${name}`);
const open = (name: ObjectName) => objectSource(bytesOf(name), name);

function progOf(source: FileSource, name: string): ProgRecord {
  const [prog] = new Registry(source).findProgs({ by: "name", name });
  if (prog) return prog;
  throw new Error(`no program ${name}`);
}

/** `4: map_value features.data+8 turns`. */
function referenceText(reference: InsnReference): string {
  const { pc, kind } = reference;
  if (kind === "core") return `${pc}: ${reference.what} ${reference.path}`;
  if (kind !== "map_value") return `${pc}: ${kind} ${reference.name}`;
  const { name, offset, variable = "" } = reference;
  return `${pc}: ${kind} ${name}+${offset} ${variable}`.trimEnd();
}

function referencesOf(source: FileSource, name: string): string[] {
  return (source.code(progOf(source, name)).references ?? []).map(referenceText);
}

function codeOf(source: FileSource, prog: ProgRecord) {
  const registry = new Registry(source);
  return programCode(source.code(prog), registry.btf(prog.btfId), source.host().littleEndian, (request) =>
    source.symbols(request),
  );
}

/** The names of the functions in a program, with the slot that each begins at. */
function functionsOf(source: FileSource, name: string): string[] {
  const code = codeOf(source, progOf(source, name));
  return code.funcs.map(({ insnOff, typeId }) => `${insnOff} ${code.btf?.type(typeId)?.name}`);
}

describe.each(["features.bpfel.o", "features.bpfeb.o"] as const)("%s", (name) => {
  const source = open(name);
  const { littleEndian } = source.host();

  test("has the byte order of the file", () => {
    expect(littleEndian).toBe(name === "features.bpfel.o");
    expect(source.host()).toMatchObject({ machine: "bpf", release: "", bootTime: 0n });
  });

  test("programs in the order of sections and places", () => {
    const mapNames = new Map([...source.maps()].map((map) => [map.id, map.name]));
    const rows = [...source.progs()].map((prog) => {
      const { section, attachType, attachTo } = prog.object ?? {};
      const attach = attachType === undefined ? "-" : ATTACH_TYPES[attachType];
      const maps = prog.mapIds.map((id) => mapNames.get(id));
      return [
        prog.id,
        prog.fullName ?? prog.name,
        PROG_TYPES[prog.type],
        section,
        attach,
        attachTo,
        maps.join(),
      ];
    });
    expect(rows).toEqual([
      [
        1,
        "calls",
        "raw_tracepoint",
        "raw_tp/sys_enter",
        "-",
        "sys_enter",
        "features.data,counts,features.bss,features.rodata",
      ],
      [
        2,
        "no_calls_but_a_long_name",
        "raw_tracepoint",
        "raw_tp/sys_enter",
        "-",
        "sys_enter",
        ".data.apart,counts,features.data,features.rodata,a_map_with_a_lo,features.bss",
      ],
      [
        3,
        "of_the_kernel",
        "tracing",
        "tp_btf/sched_switch",
        "trace_raw_tp",
        "sched_switch",
        "feature.kconfig,features.rodata",
      ],
      [4, "relocated", "raw_tracepoint", "raw_tp/sys_exit", "-", "sys_exit", "features.rodata"],
      [5, "relocated_types", "raw_tracepoint", "raw_tp/sys_exit", "-", "sys_exit", "features.rodata"],
    ]);
  });

  test("nothing has happened to a program yet", () => {
    expect(source.prog(2)).toMatchObject({
      name: "no_calls_but_a_",
      gplCompatible: true,
      loadTime: 0n,
      jitedLen: 0,
      btfId: 1,
      nrFuncInfo: 1,
      xlatedLen: 296,
      orphaned: false,
    });
    expect(source.prog(2).memlock).toBeUndefined();
    expect(source.image(source.prog(2))).toBeUndefined();
    expect(source.warnings()).toEqual([]);
  });

  test("functions stand behind the program, each once, where it is first referred to", () => {
    expect(functionsOf(source, "calls")).toEqual([
      "0 calls",
      "23 deep",
      "29 shared",
      "43 twice",
      "49 on_turn",
      "58 on_entry",
    ]);
  });

  test("references to functions, maps and data", () => {
    expect(referencesOf(source, "calls")).toEqual([
      "0: map_value features.data+0 turns",
      "3: subprog deep",
      "8: callback on_turn",
      "13: map counts",
      "15: callback on_entry",
      "21: subprog shared",
      "23: subprog shared",
      "24: map_value features.data+0 turns",
      "30: map_value features.bss+0 total",
      "36: subprog twice",
      "40: subprog twice",
      "44: map_value features.bss+0 total",
      "52: subprog twice",
    ]);
    expect(referencesOf(source, "no_calls_but_a_long_name")).toEqual([
      "0: map_value .data.apart+0 apart",
      "6: map counts",
      "10: map_value features.data+8 seen",
      "13: map_value features.rodata+4 limits",
      "24: map a_map_with_a_lo",
      "28: map_value features.bss+8 found",
      "33: map_value features.rodata+0 only_tgid",
    ]);
  });

  test("references to what the kernel has", () => {
    expect(referencesOf(source, "of_the_kernel")).toEqual([
      "0: ksym schedule",
      "3: ksym never_heard_of",
      "6: ksym schedule",
      "8: ksym no_such_variable",
      "11: map_value feature.kconfig+0 CONFIG_HZ",
      "15: map_value feature.kconfig+4 CONFIG_NEVER_HEARD_OF",
      "19: kfunc bpf_rcu_read_lock",
      "20: kfunc bpf_rcu_read_unlock",
    ]);
  });

  test("CO-RE relocations", () => {
    const asked = [...referencesOf(source, "relocated"), ...referencesOf(source, "relocated_types")];
    expect(asked.map((text) => text.replace(/^\d+: /, ""))).toEqual([
      "byte_off task_struct.pid",
      "byte_off task_struct.comm[15]",
      "byte_off task_struct.mm",
      "byte_off mm_struct.pgd",
      "byte_off mm_struct.mm_count",
      "byte_off task_struct[1].real_parent",
      "byte_off task_struct.sched_reset_on_fork",
      "byte_sz task_struct.pid",
      "field_exists task_struct___other.never_there",
      "signed task_struct.tgid",
      "lshift_u64 task_struct.no_cgroup_migration",
      "rshift_u64 task_struct.no_cgroup_migration",
      "local_type_id struct pair",
      "target_type_id struct task_struct",
      "type_exists pair_t",
      "type_size struct list_head",
      "enumval_exists enum bpf_map_type.BPF_MAP_TYPE_ARRAY",
      "enumval_value enum bpf_map_type.BPF_MAP_TYPE_HASH",
    ]);
  });

  test("what is referred to is written into the instructions", () => {
    const { insns } = codeOf(source, progOf(source, "calls"));
    const mapId = (wanted: string) => [...source.maps()].find((map) => map.name === wanted)?.id;
    expect(insns.at(0)).toEqual({ code: LD_IMM64, dst: 1, src: 2, off: 0, imm: mapId("features.data") });
    expect(insns.at(1)).toMatchObject({ code: 0, imm: 0 });
    expect(insns.at(3)).toMatchObject({ code: 0x85, src: 1, imm: 19 });
    expect(insns.at(8)).toMatchObject({ code: LD_IMM64, dst: 2, src: 4, imm: 40 });
    expect(insns.at(13)).toMatchObject({ code: LD_IMM64, dst: 1, src: 1, imm: mapId("counts") });
    expect(insns.at(52)).toMatchObject({ code: 0x85, src: 1, imm: -10 });
    const second = codeOf(source, progOf(source, "no_calls_but_a_long_name")).insns;
    expect(second.at(10)).toMatchObject({ src: 2, imm: mapId("features.data") });
    expect(second.at(11)).toMatchObject({ code: 0, imm: 8 });
    const kernel = codeOf(source, progOf(source, "of_the_kernel")).insns;
    expect(kernel.at(12)).toMatchObject({ code: 0, imm: 0 });
    expect(kernel.at(16)).toMatchObject({ code: 0, imm: 4 });
    expect(kernel.at(19)).toMatchObject({ code: 0x85, src: 2 });
  });

  test("both byte orders have the same text", () => {
    const other = open(littleEndian ? "features.bpfeb.o" : "features.bpfel.o");
    const texts = (of: FileSource) =>
      [...of.progs()].map((prog) =>
        Array.from(listing(codeOf(of, prog)), ({ pc, text, source: line }) => `${pc} ${text} ${line?.text}`),
      );
    // Loads of parts of a word, and places of bit fields, depend on the byte order.
    const plain = (of: FileSource) => texts(of).slice(0, 3);
    expect(plain(source)).toEqual(plain(other));
    expect(texts(source).map(({ length }) => length)).toEqual(texts(other).map(({ length }) => length));
  });
});

interface Loaded {
  readonly name: string;
  readonly type: string;
  readonly tag: string;
  readonly gpl_compatible: boolean;
  readonly maps: readonly string[];
  /** Lines of `prog dump xlated linum`. */
  readonly xlated: readonly string[];
}

describe.each(["features.bpfel.o", "linked.o"] as const)("%s beside what the kernel made of it", (name) => {
  const source = open(name);
  const registry = new Registry(source);
  const loaded: readonly Loaded[] = JSON.parse(
    dataText(import.meta.url, `data/programs/${name}.loaded.json`),
  );
  const pairs = [...source.progs()].map((prog, i) => [prog, loaded[i] as Loaded] as const);

  test("programs", () => {
    const mapNames = new Map([...source.maps()].map((map) => [map.id, map.name]));
    expect(
      pairs.map(([prog]) => ({
        name: registry.progName(prog),
        type: PROG_TYPES[prog.type],
        gpl_compatible: prog.gplCompatible,
        maps: prog.mapIds.map((id) => mapNames.get(id)),
      })),
    ).toEqual(loaded.map(({ tag: _, xlated: __, ...rest }) => rest));
  });

  test("tags, but of programs that a loader has to change by the kernel's types and symbols", () => {
    const kinds = ["core", "ksym", "kfunc"];
    const changed = ({ id }: ProgRecord) =>
      source.code(source.prog(id)).references?.some(({ kind }) => kinds.includes(kind)) ?? false;
    const kept = pairs.filter(([prog]) => !changed(prog));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.map(([prog]) => hexText(prog.tag))).toEqual(kept.map(([, { tag }]) => tag));
    for (const [prog, { tag }] of pairs) if (changed(prog)) expect(hexText(prog.tag)).not.toBe(tag);
  });

  test("signatures and source lines", () => {
    for (const [prog, { xlated }] of pairs) {
      const rows = [...listing(codeOf(source, prog))];
      const lines = rows.flatMap(({ source: line }) =>
        line ? [`; ${line.text} [file:${line.file} line_num:${line.line} line_col:${line.column}]`] : [],
      );
      expect(lines).toEqual(xlated.filter((line) => line.startsWith(";")));
      const protos = rows.flatMap(({ proto }) => (proto === undefined ? [] : [`${proto}:`]));
      expect(protos).toEqual(xlated.filter((line) => /^[^ ;].*:$/.test(line)));
    }
  });
});

test.each(OBJECTS)("llvm-objdump finds the same instructions, jumps and relocations in %s", (name) => {
  const printed = printedInsns(dataText(import.meta.url, `data/programs/${name}.objdump.txt`));
  expect(printed.size).toBeGreaterThan(0);
  expect(ownInsns(bytesOf(name))).toEqual(printed);
});

describe("bare.o, without BTF", () => {
  const source = open("bare.o");

  test("sections that mean nothing, and that nobody has asked to load", () => {
    const rows = [...source.progs()].map(({ name, fullName, type, gplCompatible, btfId, object }) => [
      fullName ?? name,
      PROG_TYPES[type],
      gplCompatible,
      btfId,
      object?.section,
      object?.attachTo,
    ]);
    expect(rows).toEqual([
      ["unknown", "unspec", false, 0, "somewhere/else", undefined],
      ["wait_to_be_asked", "kprobe", false, 0, "?kprobe/do_exit", "do_exit"],
      ["wait_as_well", "kprobe", false, 0, "?kprobe/do_exit", "do_exit"],
    ]);
    expect([...source.btfs()]).toEqual([]);
  });

  test("references by symbol", () => {
    expect(referencesOf(source, "unknown")).toEqual(["0: map_value bare.data+0 hits", "2: subprog count"]);
    expect(referencesOf(source, "wait_to_be_asked")).toEqual([
      "0: map_value bare.bss+0 misses",
      "2: subprog count",
    ]);
  });
});

describe("halves of a program", () => {
  test("what is elsewhere is told by name, with a warning", () => {
    const user = open("user.o");
    expect(referencesOf(user, "rate")).toEqual([
      "0: map_value user.bss+0 calls",
      "5: subprog score",
      "6: ksym base",
    ]);
    expect(user.warnings()).toEqual([
      "slot 5 of 'rate' refers to 'score', which is neither here nor an extern of the kernel",
      "slot 6 of 'rate' refers to 'base', which is neither here nor an extern of the kernel",
    ]);
  });

  test("an object of functions alone shows them", () => {
    const library = open("library.o");
    expect([...library.progs()].map(({ name, type, object }) => [name, type, object])).toEqual([
      ["score", 0, { section: ".text" }],
    ]);
    expect(functionsOf(library, "score")).toEqual(["0 score", "8 square"]);
  });

  test("linked", () => {
    const linked = open("linked.o");
    expect(functionsOf(linked, "rate")).toEqual(["0 rate", "12 score", "20 square"]);
    expect(linked.warnings()).toEqual([]);
  });
});

describe("what is asked by id", () => {
  const source = open("features.bpfel.o");

  test.each([
    ["a program", () => source.prog(6), "get by id (6): No such file or directory"],
    ["its code", () => source.code({ ...source.prog(1), id: 0 }), "get by id (0): No such file or directory"],
    ["a map", () => source.map(99), "get map by id (99): No such file or directory"],
    ["BTF", () => source.btf(2), "can't get BTF object by id (2): No such file or directory"],
    ["a link", () => source.link(1), "failed to get link with ID 1: No such file or directory"],
    ["what is pinned", () => source.pinned("/x"), "bpf obj get (/x): No such file or directory"],
  ])("%s that is not there", (_, ask, message) => {
    expect(inspectErrorOf(ask).message).toBe(message);
  });

  test("there is one BTF, with the places of settings", () => {
    expect([...source.btfs()]).toMatchObject([{ id: 1, name: "", kernel: false }]);
    const btf = new Registry(source).btf(1);
    const [record] = source.btfs();
    expect(source.btfBytes({ id: 1, size: 0, name: "", kernel: false }).length).toBe(record?.size);
    const ids = Array.from({ length: btf?.typeCount ?? 0 }, (_, id) => id);
    const settings = ids.map((id) => btf?.type(id)).find((type) => type?.name === ".kconfig");
    expect(settings).toMatchObject({ kind: "DATASEC", size: 5, vars: [{ offset: 0 }, { offset: 4 }] });
  });

  test("there is nothing else", () => {
    const nothing = [source.links(), source.perf(), source.pins(), source.holders(), source.tokens()];
    expect(nothing.flatMap((list) => [...list])).toEqual([]);
  });
});
