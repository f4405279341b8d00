/**
 * A program as a loader hands it to the kernel: the functions that it calls, or takes the address of, stand behind
 * it, and what instructions refer to is written into them (libbpf libbpf.c:bpf_object__reloc_code,
 * bpf_object__relocate_data). Maps are written by their ids, as the kernel shows them; what only the kernel knows
 * stays as the compiler left it.
 */
import { INSN_SIZE } from "../../insn/insn.ts";
import { CALL_KIND, CODE, IMM64_KIND } from "../../insn/opcodes.ts";
import type { InsnReference } from "../../model/records.ts";
import type { ObjectFunction } from "./functions.ts";
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

/** `last` comes behind everything else, if it is not called. `limit` is in slots, without those of `main`. */
export function linkProgram(
  main: ObjectFunction,
  last: ObjectFunction | undefined,
  referencesOf: ReferencesOf,
  { littleEndian, limit }: { readonly littleEndian: boolean; readonly limit: number },
): LinkedProgram {
  const layout = new Layout(main, referencesOf, main.slots + limit);
  if (last) layout.add(last);
  const bytes = new Uint8Array(layout.slots * INSN_SIZE);
  for (const {
    function: { bytes: own },
    start,
  } of layout.parts)
    bytes.set(own, start * INSN_SIZE);
  const writer = new InsnWriter(bytes, littleEndian);
  const mapIds = new Set<number>();
  for (const [pc, target] of layout.references()) {
    const place = target.kind === "function" ? layout.startOf(target.target) : undefined;
    writer.write(pc, target, place);
    if ("map" in target && target.map) mapIds.add(target.map.id);
  }
  return {
    bytes,
    parts: layout.parts,
    references: () => Array.from(layout.references(), ([pc, target]) => named(bytes, pc, target)),
    mapIds: [...mapIds],
    cut: layout.cut,
  };
}

/** The reference by name. */
function named(bytes: Uint8Array, pc: number, target: Target): InsnReference {
  switch (target.kind) {
    case "function":
      return { pc, kind: isCall(bytes, pc) ? "subprog" : "callback", name: target.target.name };
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

function isCall(bytes: Uint8Array, pc: number): boolean {
  return bytes[pc * INSN_SIZE] === CODE.CALL;
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
    const open = this.#place(first);
    for (let walk = open.at(-1); walk; walk = open.at(-1)) {
      const next = walk.next();
      if (next.done) open.pop();
      else open.push(...this.#place(next.value));
    }
  }

  /** By pc. */
  *references(): Generator<readonly [pc: number, target: Target]> {
    for (const { function: of, start } of this.parts) {
      const { slots, targets, from, to } = this.#referencesOf(of);
      const move = start - of.start;
      for (let i = from; i < to; i++) yield [(slots[i] as number) + move, targets[i] as Target];
    }
  }

  /** The functions that a newly placed one refers to; nothing where it has its place, or there is none for it. */
  #place(of: ObjectFunction): Iterator<ObjectFunction>[] {
    if (this.#starts.has(of)) return [];
    if (this.slots + of.slots > this.#limit) {
      this.cut = true;
      return [];
    }
    this.#starts.set(of, this.slots);
    this.parts.push({ function: of, start: this.slots });
    this.slots += of.slots;
    return [functionsOf(this.#referencesOf(of))];
  }
}

function* functionsOf({ targets, from, to }: References): Generator<ObjectFunction> {
  for (let i = from; i < to; i++) {
    const target = targets[i] as Target;
    if (target.kind === "function") yield target.target;
  }
}

class InsnWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #littleEndian: boolean;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    this.#littleEndian = littleEndian;
  }

  /** Writes what the instruction refers to; `place` is that of a function. */
  write(pc: number, target: Target, place: number | undefined): void {
    const call = isCall(this.#bytes, pc);
    if (target.kind === "function" && place !== undefined) {
      this.#imm(pc, place - pc - 1);
      if (!call) this.#source(pc, IMM64_KIND.FUNC);
    } else if (target.kind === "map") {
      this.#source(pc, IMM64_KIND.MAP_FD);
      this.#imm(pc, target.map.id);
    } else if (target.kind === "map_value" && target.map) {
      this.#source(pc, IMM64_KIND.MAP_VALUE);
      this.#imm(pc, target.map.id);
      this.#imm(pc + 1, target.offset);
    } else if (target.kind === "kfunc" && call) this.#source(pc, CALL_KIND.KFUNC);
  }

  #imm(pc: number, value: number): void {
    const at = pc * INSN_SIZE + 4;
    if (at + 4 <= this.#view.byteLength) this.#view.setInt32(at, value, this.#littleEndian);
  }

  #source(pc: number, src: number): void {
    const at = pc * INSN_SIZE + 1;
    const regs = this.#view.getUint8(at);
    this.#view.setUint8(at, this.#littleEndian ? (src << 4) | (regs & 0x0f) : (regs & 0xf0) | src);
  }
}
