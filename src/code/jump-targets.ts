/**
 * Where indirect jumps (gotox) may go: the entries of the program's maps of instructions (BPF_MAP_TYPE_INSN_ARRAY,
 * kernel/bpf/bpf_insn_array.c), which are its jump tables. As the verifier has it, a table belongs to the function that
 * its first target is in, and a jump may go to all targets of its function (verifier.c:jt_from_subprog, create_jt).
 * Where there are several tables, and it is seen which one the register was loaded from, it goes to those of that one.
 */
import type { FuncInfo } from "../btf/ext-info.ts";
import { findFunctions } from "../cfg/functions.ts";
import type { InsnArray } from "../insn/insn.ts";
import { CODE } from "../insn/opcodes.ts";
import { grouped } from "../model/grouped.ts";
import type { ProgRecord } from "../model/records.ts";
import type { Registry } from "../model/registry.ts";
import { type JumpTable, readJumpTables } from "./jump-tables.ts";
import { withRegisters } from "./registers.ts";

/** Nothing is read before it is asked for. */
export interface JumpTargets {
  /** Slots of the program that the indirect jump at `pc` may go to, ascending; undefined where nobody knows. */
  of(pc: number): readonly number[] | undefined;
  /** Those of all jumps together; undefined where they are not all known. */
  all(): readonly number[] | undefined;
}

/** Instructions and func_info. */
interface Code {
  readonly insns: InsnArray;
  readonly funcs: readonly FuncInfo[];
}

/** Targets of all jumps together: each jump of a function may go to each entry of a large table. */
const MAX_TARGETS = 1 << 18;

/** `prog` is the program that has the code. */
export function jumpTargets(code: Code, prog: ProgRecord, registry: Registry): JumpTargets {
  const tables = once(() => readJumpTables(prog, registry));
  const all = once(() => {
    for (const { pc, insn } of code.insns.instructions())
      if (insn.code === CODE.GOTOX && functions().at(pc) === undefined) return undefined;
    return union([...(tables()?.values() ?? [])]);
  });
  const functions = once(() => tablesByFunction(code, [...(tables()?.values() ?? [])]));
  const sources = once(() => loadedFrom(code.insns, all));
  const find = (pc: number): readonly number[] | undefined => {
    const own = functions().at(pc);
    if (own === undefined || own.tables.length === 1) return own?.targets();
    const source = sources().get(pc);
    return (source === undefined ? undefined : tables()?.get(source)?.targets) ?? own.targets();
  };
  const found = new Map<number, readonly number[] | undefined>();
  let left = MAX_TARGETS;
  return {
    all,
    of(pc) {
      if (found.has(pc)) return found.get(pc);
      const targets = find(pc);
      left -= targets?.length ?? 0;
      found.set(pc, left < 0 ? undefined : targets);
      return found.get(pc);
    },
  };
}

interface FunctionTables {
  readonly tables: readonly JumpTable[];
  /** Of all of them together. */
  targets(): readonly number[];
}

/** `at` tells the tables of the function that slot `pc` is in; undefined where it has none. */
function tablesByFunction({ insns, funcs }: Code, tables: readonly JumpTable[]) {
  const starts = findFunctions(insns, funcs).map(({ start }) => start);
  const byFunction = grouped(tables, ({ targets: [first = 0] }) => lastAtMost(starts, first));
  const known = new Map(
    Array.from(byFunction, ([index, own]): [number, FunctionTables] => [
      index,
      { tables: own, targets: once(() => union(own)) },
    ]),
  );
  return { at: (pc: number): FunctionTables | undefined => known.get(lastAtMost(starts, pc)) };
}

/** The index of the last number that is not above `value`; -1 where all are. */
function lastAtMost(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** By pc of indirect jumps: the id of the map that the target was loaded from, where that is seen. */
function loadedFrom(
  insns: InsnArray,
  targets: () => readonly number[] | undefined,
): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const { pc, insn, registers } of withRegisters(insns, targets)) {
    const held = insn.code === CODE.GOTOX ? registers[insn.dst] : undefined;
    if (held?.kind === "map_content") found.set(pc, held.id);
  }
  return found;
}

function union(tables: readonly JumpTable[]): readonly number[] {
  const [only] = tables;
  if (only && tables.length === 1) return only.targets;
  return [...new Set(tables.flatMap(({ targets }) => targets))].sort((a, b) => a - b);
}

function once<T>(read: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: read() };
    return known.value;
  };
}
