/**
 * The compiled functions of all programs: where they lie, and the symbols that the kernel has for them (kernel
 * bpf/core.c:bpf_prog_ksym_set_name).
 *
 * The symbol of a program is `bpf_prog_<tag>_<name>`. Those of its other functions have tags of their own, which only
 * the kernel's symbol table tells.
 */
import { hexText } from "../bytes/hex.ts";
import { InspectError } from "../errors.ts";
import type { ProgRecord } from "../model/records.ts";
import type { Registry } from "../model/registry.ts";

export interface LoadedFunction {
  readonly prog: ProgRecord;
  /** Among the functions of its program; 0 is the program itself. */
  readonly index: number;
  /** undefined where the program is not compiled, or the kernel hides where. */
  readonly address: bigint | undefined;
  /** Bytes. */
  readonly length: number;
  readonly symbol: string | undefined;
}

/** The tag in a symbol, in hex digits; undefined for the symbols of other functions. */
export function tagOfSymbol(symbol: string): string | undefined {
  return /^bpf_prog_([0-9a-f]{16})(?:_|$)/.exec(symbol)?.[1];
}

/** By address, those without one first. What vanishes or cannot be read meanwhile is left out. */
export function loadedFunctions(registry: Registry): LoadedFunction[] {
  const functions = registry.progs().flatMap((prog) => functionsOf(registry, prog));
  const addresses = functions.flatMap(({ address }) => address ?? []);
  const { names } = registry.source.symbols({ addresses, offsets: [] });
  const order = ({ address = 0n }: LoadedFunction) => address;
  return functions
    .map((func) => ({ ...func, symbol: names.get(order(func)) ?? func.symbol }))
    .sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
}

function functionsOf(registry: Registry, prog: ProgRecord): LoadedFunction[] {
  try {
    const { jitedKsyms, jitedFuncLens } = registry.source.code(prog);
    const places = jitedKsyms.map((address, i) => ({ address, length: jitedFuncLens[i] ?? 0 }));
    const known = places.length > 0 ? places : [{ address: 0n, length: 0 }];
    return known.map(({ address, length }, index) => ({
      prog,
      index,
      address: address === 0n ? undefined : address,
      length,
      symbol: index === 0 ? mainSymbol(registry, prog) : undefined,
    }));
  } catch (error) {
    if (error instanceof InspectError) return [];
    throw error;
  }
}

function mainSymbol(registry: Registry, prog: ProgRecord): string {
  const name = registry.progName(prog);
  return `bpf_prog_${hexText(prog.tag)}${name === "" ? "" : `_${name}`}`;
}

/** The function that an address lies in. */
export function functionAt(
  functions: readonly LoadedFunction[],
  address: bigint,
): LoadedFunction | undefined {
  let from = 0;
  let to = functions.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (((functions[middle] as LoadedFunction).address ?? 0n) <= address) from = middle + 1;
    else to = middle;
  }
  const func = functions[from - 1];
  const inside = func?.address !== undefined && address - func.address < BigInt(func.length);
  return inside ? func : undefined;
}

/** All functions of a symbol, by program id; where there are none, those of its tag. */
export function functionsNamed(functions: readonly LoadedFunction[], symbol: string): LoadedFunction[] {
  const exact = functions.filter((func) => func.symbol === symbol);
  const tag = tagOfSymbol(symbol);
  const found =
    exact.length > 0
      ? exact
      : functions.filter((func) => tag !== undefined && tagOfSymbol(func.symbol ?? "") === tag);
  return found.sort((a, b) => a.prog.id - b.prog.id || a.index - b.index);
}
