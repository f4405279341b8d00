/**
 * The programs of an object file, as a loader makes them
 * (libbpf libbpf.c:bpf_object__next_program, bpf_object__relocate, bpf_object_load_prog).
 */
import type { ExtInfoKind } from "../../btf/ext-sections.ts";
import { INSN_SIZE } from "../../insn/insn.ts";
import type { InsnReference, ProgCode, ProgRecord } from "../../model/records.ts";
import type { ObjectMap, ObjectMaps } from "./contract.ts";
import { coreReferences } from "./core-relocations.ts";
import { exceptionCallbacks } from "./exception-callbacks.ts";
import { ExtRecords } from "./ext-records.ts";
import { type FunctionTable, type ObjectFunction, SUBPROG_SECTION } from "./functions.ts";
import { hasJumpTables, JumpTables } from "./jump-tables.ts";
import { isGplCompatible } from "./license.ts";
import { type LinkedProgram, linkProgram, type Part } from "./linking.ts";
import type { ObjectFile } from "./object.ts";
import { unloadedProg } from "./prog-record.ts";
import { type ReferencesOf, referenceReader } from "./references.ts";
import { sectionRule } from "./section-rules.ts";
import { progTag } from "./tag.ts";

export interface ObjectPrograms {
  /** In libbpf's order; ids from 1. */
  readonly records: readonly ProgRecord[];
  /** Made of jump tables, for one program each; ids go on behind the other maps. */
  readonly tableMaps: readonly ObjectMap[];
  /** Of a program in `records`. */
  code(id: number): ProgCode;
}

/** The id of the object's BTF. */
export const BTF_ID = 1;

/** The kernel takes no program of more slots (BPF_COMPLEXITY_LIMIT_INSNS): no more are put together. */
const MAX_LINKED = 1_000_000;
/** Slots of all programs together: functions may be parts of many programs, so small files could have any number. */
const MAX_SLOTS = 1 << 22;
/** The kernel takes no program with more (MAX_USED_MAPS). */
const MAX_MAPS = 64;
/** The kernel's BPF_OBJ_NAME_LEN, without the NUL. */
const MAX_NAME = 15;
const READ_ONLY_DATA = /^\.rodata(\.|$)/;

/** Programs with the slots that each may have beside its own. */
interface Entry {
  readonly main: ObjectFunction;
  readonly limit: number;
}

/** `mains` are the functions that programs begin with: see entryFunctions. */
export function readPrograms(
  object: ObjectFile,
  functions: FunctionTable,
  mains: readonly ObjectFunction[],
  maps: () => ObjectMaps,
): ObjectPrograms {
  return new Programs(object, functions, mains, maps);
}

class Programs implements ObjectPrograms {
  readonly records: readonly ProgRecord[];
  readonly #object: ObjectFile;
  readonly #referencesOf: ReferencesOf;
  readonly #tables: JumpTables | undefined;
  readonly #callbacks: ReadonlyMap<string, ObjectFunction>;
  readonly #infos = new Map<ExtInfoKind, ExtRecords>();
  readonly #entries: Entry[] = [];

  constructor(
    object: ObjectFile,
    functions: FunctionTable,
    mains: readonly ObjectFunction[],
    maps: () => ObjectMaps,
  ) {
    this.#object = object;
    this.#referencesOf = referenceReader(object, functions, maps);
    this.#tables = hasJumpTables(object) ? new JumpTables(object, () => maps().maps.length) : undefined;
    this.#callbacks = exceptionCallbacks(object, functions.all);
    this.records = this.#read(mains, readOnlyMaps(object, maps));
  }

  get tableMaps(): readonly ObjectMap[] {
    return this.#tables?.maps ?? [];
  }

  code(id: number): ProgCode {
    const { parts, bytes, references } = this.#link(this.#entries[id - 1] as Entry);
    return {
      xlated: bytes,
      funcInfo: this.#info("func_info", parts),
      funcInfoRecSize: this.#records("func_info").recordSize,
      lineInfo: this.#info("line_info", parts),
      lineInfoRecSize: this.#records("line_info").recordSize,
      jitedKsyms: [],
      jitedFuncLens: [],
      references: merged(references(), coreReferences(this.#object, this.#records("core_relo"), parts)),
    };
  }

  #read(mains: readonly ObjectFunction[], always: readonly number[]): ProgRecord[] {
    const gplCompatible = isGplCompatible(this.#object.license);
    const records: ProgRecord[] = [];
    let left = MAX_SLOTS;
    for (const main of mains) {
      if (main.slots > left) {
        this.#object.warn(
          `the programs have more than ${MAX_SLOTS} instructions: only ${records.length} are shown`,
        );
        break;
      }
      const entry = { main, limit: Math.max(0, Math.min(MAX_LINKED, left) - main.slots) };
      const linked = this.#link(entry);
      left -= linked.bytes.length / INSN_SIZE;
      if (linked.cut) {
        const most = main.slots + entry.limit;
        this.#object.warn(
          `functions are left out of program '${main.name}': it would have more than ${most} instructions`,
        );
      }
      this.#entries.push(entry);
      records.push(this.#record(records.length + 1, main, linked, always, gplCompatible));
    }
    return records;
  }

  #record(
    id: number,
    main: ObjectFunction,
    { bytes, mapIds, parts }: LinkedProgram,
    always: readonly number[],
    gplCompatible: boolean,
  ): ProgRecord {
    const { type, attachType, attachTo } = sectionRule(main.section.name);
    const nrFuncInfo = this.#count("func_info", parts);
    return unloadedProg({
      id,
      type,
      tag: progTag(bytes, this.#object.littleEndian),
      name: main.name.slice(0, MAX_NAME),
      ...(main.name.length > MAX_NAME && { fullName: main.name }),
      gplCompatible,
      mapIds: [...new Set([...mapIds, ...always])],
      xlatedLen: bytes.length,
      btfId: nrFuncInfo > 0 && this.#object.btf ? BTF_ID : 0,
      nrFuncInfo,
      object: {
        section: main.section.name,
        ...(attachType !== undefined && { attachType }),
        ...(attachTo !== undefined && { attachTo }),
      },
    });
  }

  #link({ main, limit }: Entry): LinkedProgram {
    const { littleEndian } = this.#object;
    const mapOfTable = this.#tables?.of(main);
    return linkProgram(main, this.#callbacks.get(main.name), this.#referencesOf, {
      littleEndian,
      limit,
      mapOfTable,
    });
  }

  #info(kind: ExtInfoKind, parts: readonly Part[]): Uint8Array {
    return this.#count(kind, parts) > 0 ? this.#records(kind).moved(parts) : new Uint8Array();
  }

  /** Without records for the main function, there are none for the others. */
  #count(kind: ExtInfoKind, [main, ...others]: readonly Part[]): number {
    const records = this.#records(kind);
    const first = main ? records.countOf(main.function) : 0;
    return first === 0 ? 0 : others.reduce((sum, part) => sum + records.countOf(part.function), first);
  }

  #records(kind: ExtInfoKind): ExtRecords {
    let records = this.#infos.get(kind);
    if (!records) {
      records = new ExtRecords(this.#object, kind);
      this.#infos.set(kind, records);
    }
    return records;
  }
}

/**
 * The functions that programs begin with, in the order of their ids: those outside of .text. An object of nothing but .text is one to be linked with
 * others; its functions are shown each for itself.
 */
export function entryFunctions(
  object: ObjectFile,
  all: readonly ObjectFunction[],
): readonly ObjectFunction[] {
  const outside = all.filter(({ section }) => section.name !== SUBPROG_SECTION);
  const programs = outside.filter(({ global }) => global);
  for (const { name, section } of outside.filter(({ global }) => !global))
    object.warn(`static function '${name}' in section '${section.name}': libbpf wants such in .text`);
  if (programs.length > 0) return programs;
  const functions = all.filter(({ global }) => global);
  return functions.length > 0 ? functions : all;
}

/** Maps that a loader gives to every program, whether it refers to them or not (libbpf bpf_object_load_prog). */
function readOnlyMaps({ elf }: ObjectFile, maps: () => ObjectMaps): number[] {
  const sections = elf.sections.filter(({ name }) => READ_ONLY_DATA.test(name)).slice(0, MAX_MAPS);
  return sections.flatMap(({ index }) => maps().mapOfSection(index)?.record.id ?? []);
}

/** By pc; what is there by name comes before CO-RE. */
function merged(
  references: readonly InsnReference[],
  core: readonly InsnReference[],
): readonly InsnReference[] {
  if (core.length === 0) return references;
  const named = new Set(references.map(({ pc }) => pc));
  return [...references, ...core.filter(({ pc }) => !named.has(pc))].sort((a, b) => a.pc - b.pc);
}
