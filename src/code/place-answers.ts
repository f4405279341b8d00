/** Answers to the question what is at an address or symbol: programs first, then the kernel's own symbols. */
import type { KernelPlaces, PlacedSymbol } from "../kallsyms/places.ts";
import type { Registry } from "../model/registry.ts";
import {
  functionAt,
  functionsNamed,
  type LoadedFunction,
  loadedFunctions,
  tagOfSymbol,
} from "./loaded-functions.ts";
import { type CodePlace, placeFinder } from "./whereis.ts";

export type PlaceQuery = {
  /** In the words of whoever asks. */
  readonly text: string;
  /** It is known to be no return address. */
  readonly exact?: boolean;
} & (
  | { readonly kind: "address"; readonly address: bigint }
  /** `size` is that of the function, where it was told. */
  | { readonly kind: "symbol"; readonly symbol: string; readonly offset: number; readonly size?: number }
  | { readonly kind: "mistake"; readonly why: string }
);

export type PlaceAnswer = { readonly query: PlaceQuery } & (
  | {
      readonly kind: "program";
      readonly func: LoadedFunction;
      readonly progName: string;
      /** Bytes from the start of the function. */
      readonly offset: number;
      readonly place: CodePlace;
      /** What makes the answer doubtful. */
      readonly notes: readonly string[];
    }
  | { readonly kind: "kernel"; readonly symbol: PlacedSymbol; readonly offset: bigint }
  | { readonly kind: "unknown"; readonly why: string }
);

/** In the order of the queries, one at least for each; a symbol that several programs have is answered for each of them. */
export function answerPlaces(registry: Registry, queries: readonly PlaceQuery[]): PlaceAnswer[] {
  const functions = loadedFunctions(registry);
  const places = queries.map((query) => placesInPrograms(functions, query));
  const progs = new Map(places.flat().map(({ func: { prog } }) => [prog.id, prog]));
  const find = placeFinder(registry, progs.values());
  const others = queries.filter((_, i) => places[i]?.length === 0);
  const kernel = kernelAnswers(registry, others);
  return queries.flatMap((query, i) => {
    const inside = (places[i] ?? []).filter(isInside);
    const [first] = places[i] ?? [];
    if (!first) return kernel(query);
    if (inside.length === 0) return [{ query, kind: "unknown", why: pastEnd(first) }];
    return inside.map(({ func, offset }): PlaceAnswer => {
      const { before, ...place } = find(func, offset);
      return {
        query,
        kind: "program",
        func,
        progName: registry.progName(func.prog),
        offset,
        place: { ...place, before: query.exact ? undefined : before },
        notes: notesOf(query, func),
      };
    });
  });
}

interface Found {
  readonly func: LoadedFunction;
  readonly offset: number;
}

function placesInPrograms(functions: readonly LoadedFunction[], query: PlaceQuery): Found[] {
  switch (query.kind) {
    case "address": {
      const { address } = query;
      // A call may be the last instruction: its return address is the first behind the function.
      const func = functionAt(functions, address) ?? functionAt(functions, address - 1n);
      return func?.address === undefined ? [] : [{ func, offset: Number(address - func.address) }];
    }
    case "symbol":
      if (tagOfSymbol(query.symbol) === undefined) return [];
      return functionsNamed(functions, query.symbol).map((func) => ({ func, offset: query.offset }));
    case "mistake":
      return [];
  }
}

/** A function without a length is hidden. */
function isInside({ func, offset }: Found): boolean {
  return func.length === 0 || offset <= func.length;
}

function pastEnd({ func, offset }: Found): string {
  return `offset ${hex(offset)} is past the end of ${func.symbol ?? "the function"} (${hex(func.length)} bytes)`;
}

function notesOf(query: PlaceQuery, { symbol, length }: LoadedFunction): string[] {
  if (query.kind !== "symbol") return [];
  const notes = [];
  if (symbol !== undefined && symbol !== query.symbol) notes.push(`the symbol of this tag is ${symbol}`);
  if (query.size !== undefined && length !== 0 && query.size !== length)
    notes.push(
      `it has ${hex(length)} bytes, not ${hex(query.size)}: it was compiled differently, the offset may lead elsewhere`,
    );
  return notes;
}

/** Answers for what is in no program; one walk over the symbols is enough for all. */
function kernelAnswers(
  { source }: Registry,
  queries: readonly PlaceQuery[],
): (query: PlaceQuery) => PlaceAnswer[] {
  const addresses = queries.flatMap((query) => (query.kind === "address" ? query.address : []));
  const names = queries.flatMap((query) =>
    query.kind === "symbol" && tagOfSymbol(query.symbol) === undefined ? query.symbol : [],
  );
  const places =
    addresses.length + names.length > 0 ? source.kernelPlaces?.({ addresses, names }) : undefined;
  return (query) => {
    const found = places ? kernelSymbols(places, query) : [];
    if (found.length === 0) return [{ query, kind: "unknown", why: whyUnknown(query, places) }];
    return found.map(({ symbol, offset }) => ({ query, kind: "kernel", symbol, offset }));
  };
}

function kernelSymbols({ before, named }: KernelPlaces, query: PlaceQuery) {
  if (query.kind === "address") {
    const symbol = before.get(query.address);
    // Not in that program, as the programs have told, but behind it.
    const behindProgram = symbol && tagOfSymbol(symbol.name) !== undefined;
    return symbol && !behindProgram ? [{ symbol, offset: query.address - symbol.address }] : [];
  }
  if (query.kind === "mistake") return [];
  return (named.get(query.symbol) ?? []).map((symbol) => ({ symbol, offset: BigInt(query.offset) }));
}

function whyUnknown(query: PlaceQuery, places: KernelPlaces | undefined): string {
  if (query.kind === "mistake") return query.why;
  if (query.kind === "symbol" && tagOfSymbol(query.symbol) !== undefined)
    return "no program has this symbol or tag";
  const noProgram = query.kind === "address" ? "no program is there, and " : "";
  if (!places) return `${noProgram}only the running kernel has all of its symbols`;
  if (!places.readable)
    return `${noProgram}/proc/kallsyms does not tell addresses: kernel.kptr_restrict set?`;
  return query.kind === "address"
    ? "neither a program nor a symbol of the kernel is there"
    : "the kernel has no such symbol";
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
