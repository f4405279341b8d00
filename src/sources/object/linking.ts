/**
 * A program as a loader hands it to the kernel: the functions that it calls, or takes the address of, stand behind
 * it, and what instructions refer to is written into them (libbpf libbpf.c:bpf_object__reloc_code,
 * bpf_object__relocate_data). Maps are written by their ids, as the kernel shows them; what only the kernel knows
 * stays as the compiler left it.
 */
import { INSN_SIZE } from "../../insn/insn.ts";
import { CALL_KIND, IMM64_KIND } from "../../insn/opcodes.ts";
import type { InsnReference, MapRecord } from "../../model/records.ts";
import type { ObjectFunction } from "./functions.ts";
import { InsnFields } from "./insn-fields.ts";
import type { JumpTable } from "./jump-tables.ts";
import type { References, ReferencesOf } from "./references.ts";
import type { Target } from "./targets.ts";

export interface LinkedProgram {
  readonly bytes: Uint8Array;
  /** The functions in it, by place. */
  readonly parts: readonly Part[];
  /** By pc. */
  references(): InsnReference[];
  /** In the order in which instructions refer to them. */
  readonly mapIds: readonly number[];
  /** Functions were left out, since there would have been too many slots. */
  readonly cut: boolean;
}

export interface Part {
  readonly function: ObjectFunction;
  /** Slots from the start of the program. */
  readonly start: number;
}

/** The map that is made of a jump table, which a function refers to. */
type MapOfTable = (table: JumpTable, part: Part) => MapRecord | undefined;

interface LinkOptions {
  readonly littleEndian: boolean;
  /** In slots, without those of the main function. */
  readonly limit: number;
  /** Absent where there are no jump tables. */
  readonly mapOfTable: MapOfTable | undefined;
}

/** `last` comes behind everything else, if it is not called. */
export function linkProgram(
  main: ObjectFunction,
  last: ObjectFunction | undefined,
  referencesOf: ReferencesOf,
  { littleEndian, limit, mapOfTable }: LinkOptions,
): LinkedProgram {
  const layout = new Layout(main, referencesOf, main.slots + limit);
  if (last) layout.add(last);
  const bytes = new Uint8Array(layout.slots * INSN_SIZE);
  for (const part of layout.parts) bytes.set(part.function.bytes, part.start * INSN_SIZE);
  const insns = new InsnFields(bytes, littleEndian);
  const mapIds = new Set<number>();
  layout.eachReference((pc, found, part) => {
    const target = withTable(found, part, mapOfTable);
    write(insns, pc, target, layout);
    if ("map" in target && target.map) mapIds.add(target.map.id);
  });
  return {
    bytes,
    parts: layout.parts,
    references() {
      const references: InsnReference[] = [];
      layout.eachReference((pc, target) => references.push(named(insns, pc, target)));
      return references;
    },
    mapIds: [...mapIds],
    cut: layout.cut,
  };
}

/** A jump table has its map by the program. */
function withTable(target: Target, part: Part, mapOfTable: MapOfTable | undefined): Target {
  if (!mapOfTable || target.kind !== "map_value" || !target.table) return target;
  return { ...target, map: mapOfTable(target.table, part) };
}

/** Writes what the instruction refers to. */
function write(insns: InsnFields, pc: number, target: Target, layout: Layout): void {
  switch (target.kind) {
    case "function": {
      const place = layout.startOf(target.target);
      if (place === undefined) return;
      insns.setImm(pc, place - pc - 1);
      if (!insns.isCall(pc)) insns.setSource(pc, IMM64_KIND.FUNC);
      return;
    }
    case "map":
      insns.setSource(pc, IMM64_KIND.MAP_FD);
      insns.setImm(pc, target.map.id);
      return;
    case "map_value":
      if (!target.map) return;
      insns.setSource(pc, IMM64_KIND.MAP_VALUE);
      insns.setImm(pc, target.map.id);
      insns.setImm(pc + 1, target.offset);
      return;
    case "kfunc":
      if (insns.isCall(pc)) insns.setSource(pc, CALL_KIND.KFUNC);
  }
}

/** The reference by name. */
function named(insns: InsnFields, pc: number, target: Target): InsnReference {
  switch (target.kind) {
    case "function":
      return { pc, kind: insns.isCall(pc) ? "subprog" : "callback", name: target.target.name };
    case "map":
      return { pc, kind: "map", name: target.map.name };
    case "map_value": {
      const { name, offset } = target;
      const variable = target.variable();
      return { pc, kind: "map_value", name, offset, ...(variable !== undefined && { variable }) };
    }
    default:
      return { pc, kind: target.kind, name: target.name };
  }
}

/** Where functions stand: each behind those that were there when the first reference to it was met, depth first. */
class Layout {
  readonly parts: Part[] = [];
  slots = 0;
  cut = false;
  readonly #starts = new Map<ObjectFunction, number>();
  readonly #referencesOf: ReferencesOf;
  readonly #limit: number;

  constructor(main: ObjectFunction, referencesOf: ReferencesOf, limit: number) {
    this.#referencesOf = referencesOf;
    this.#limit = limit;
    this.add(main);
  }

  startOf(of: ObjectFunction): number | undefined {
    return this.#starts.get(of);
  }

  add(first: ObjectFunction): void {
    const open: Walk[] = [];
    this.#place(first, open);
    for (let walk = open.at(-1); walk; walk = open.at(-1)) {
      const target = walk.next < walk.of.to ? walk.of.targets[walk.next++] : undefined;
      if (!target) open.pop();
      else if (target.kind === "function") this.#place(target.target, open);
    }
  }

  /** By pc, with the function that the instruction is in. */
  eachReference(visit: (pc: number, target: Target, part: Part) => void): void {
    for (const part of this.parts) {
      const { slots, targets, from, to } = this.#referencesOf(part.function);
      const move = part.start - part.function.start;
      for (let i = from; i < to; i++) visit((slots[i] as number) + move, targets[i] as Target, part);
    }
  }

  /** What it refers to is walked next; not where it has its place, or there is none for it. */
  #place(of: ObjectFunction, open: Walk[]): void {
    if (this.#starts.has(of)) return;
    if (this.slots + of.slots > this.#limit) {
      this.cut = true;
      return;
    }
    this.#starts.set(of, this.slots);
    this.parts.push({ function: of, start: this.slots });
    this.slots += of.slots;
    const references = this.#referencesOf(of);
    open.push({ of: references, next: references.from });
  }
}

/** Of the references of a function, the next to be looked at. */
interface Walk {
  readonly of: References;
  next: number;
}
