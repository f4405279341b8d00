/**
 * The parts of Linux 5.1 that stand between a program as it was loaded and its translated instructions: what
 * calls and map accesses become (kernel/bpf/verifier.c:fixup_bpf_calls, and map_gen_lookup of the map types),
 * the symbols that they name, and the tag (kernel/bpf/core.c:bpf_prog_calc_tag).
 */
import { createHash } from "node:crypto";
import { INSN_SIZE } from "../../src/insn/insn.ts";
import type { KernelSymbols, SymbolRequest } from "../../src/kallsyms/symbols.ts";
import type { MapRecord } from "../../src/model/records.ts";
import { HELPERS } from "../../src/uapi/helpers.ts";
import { MAP_TYPES } from "../../src/uapi/map-types.ts";
import { type Assembled, assemble, type Item, parse } from "./asm.ts";

/** Where `__bpf_call_base` lies. */
const CALL_BASE = 0xffff_ffff_811d_1f90n;

/** Kernel functions by their distance from `__bpf_call_base`. Only that of bpf_probe_read is known. */
const FUNCTIONS: Readonly<Record<string, number>> = {
  bpf_probe_read: -51584,
  bpf_perf_event_output: -49232,
  bpf_get_smp_processor_id: 88128,
  bpf_ktime_get_ns: 88176,
  __htab_map_lookup_elem: 93808,
  htab_percpu_map_lookup_elem: 94064,
  htab_map_delete_elem: 96368,
  htab_map_update_elem: 97632,
  htab_percpu_map_update_elem: 98416,
  trie_lookup_elem: 109456,
  bpf_skb_load_bytes: 5619744,
};

export function kernelSymbols({ addresses, offsets }: SymbolRequest): KernelSymbols {
  const wanted = new Set([...addresses, ...offsets.map((offset) => CALL_BASE + BigInt(offset))]);
  const all = Object.entries(FUNCTIONS).map(([name, offset]) => [CALL_BASE + BigInt(offset), name] as const);
  return { callBase: CALL_BASE, names: new Map(all.filter(([address]) => wanted.has(address))) };
}

/** What a call with a map in r1 becomes, by helper and type of the map. */
const MAP_CALLS: Readonly<Record<string, Readonly<Record<string, (map: MapRecord) => string>>>> = {
  bpf_map_lookup_elem: {
    // The value lies behind 48 bytes of struct htab_elem and the key.
    hash: ({ keySize }) => `
      call __htab_map_lookup_elem
      if r0 == 0 goto +1
      r0 += ${48 + roundUp(keySize, 8)}`,
    // The values lie behind 208 bytes of struct bpf_array; these are 8 bytes each.
    array: ({ maxEntries }) => `
      r1 += 208
      r0 = *(u32 *)(r2 +0)
      if r0 >= ${maxEntries} goto +3
      r0 <<= 3
      r0 += r1
      goto +1
      r0 = 0`,
    percpu_hash: () => "call htab_percpu_map_lookup_elem",
    lpm_trie: () => "call trie_lookup_elem",
  },
  bpf_map_update_elem: {
    hash: () => "call htab_map_update_elem",
    percpu_hash: () => "call htab_percpu_map_update_elem",
  },
  bpf_map_delete_elem: {
    hash: () => "call htab_map_delete_elem",
  },
};

/** The program with the helper numbers that bpf(BPF_PROG_LOAD) is given. */
export function loaded(items: readonly Item[]): Assembled {
  return assemble(items, (callee) => {
    const number = HELPERS.indexOf(callee);
    if (number < 0) throw new Error(`no helper '${callee}'`);
    return number;
  });
}

/** The program as the kernel shows it after loading. */
export function translated(items: readonly Item[], mapById: (id: number) => MapRecord): Assembled {
  let inR1: MapRecord | undefined;
  const kernelItems = items.flatMap((item): Item[] => {
    if (item.kind !== "op") return [item];
    if (item.map !== undefined && item.insn.dst === 1) inR1 = mapById(item.map);
    if (item.callee === undefined || !(item.callee in MAP_CALLS)) return [item.rewritten ?? item];
    return parse(mapCall(item.callee, inR1));
  });
  return assemble(kernelItems, (callee) => {
    const offset = FUNCTIONS[callee];
    if (offset === undefined) throw new Error(`no kernel function '${callee}'`);
    return offset;
  });
}

function mapCall(callee: string, map: MapRecord | undefined): string {
  const type = map && MAP_TYPES[map.type];
  const make = type && MAP_CALLS[callee]?.[type];
  if (!map || !make) throw new Error(`no '${callee}' for a map of type ${type}`);
  return make(map);
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** The first eight bytes of the SHA-1 of the loaded instructions, without the file descriptors of maps. */
export function tagOf(items: readonly Item[]): Uint8Array {
  const bytes = Buffer.from(loaded(items).bytes);
  for (let at = 0; at < bytes.length; at += INSN_SIZE) {
    if (bytes[at] !== 0x18) continue;
    if ((bytes[at + 1] as number) >> 4 === 1) {
      bytes.fill(0, at + 4, at + 8);
      bytes.fill(0, at + 12, at + 16);
    }
    at += INSN_SIZE;
  }
  return Uint8Array.from(createHash("sha1").update(bytes).digest().subarray(0, 8));
}
