/** Objects in memory as a source: what a test says is there, and nothing else. */
import type { KernelSymbols, SymbolRequest } from "../../src/kallsyms/symbols.ts";
import { lookupError } from "../../src/model/lookup-errors.ts";
import type { NetRecord, NetRequest } from "../../src/model/net-records.ts";
import { netfilterOf, requested } from "../../src/model/net-views.ts";
import type {
  BtfRecord,
  HolderRecord,
  HostRecord,
  LinkRecord,
  MapInfo,
  MapProgRecord,
  MapRecord,
  ObjectKind,
  PerfRecord,
  PinRecord,
  ProgCode,
  ProgImage,
  ProgRecord,
  TokenRecord,
} from "../../src/model/records.ts";
import type { ObjectSource } from "../../src/model/source.ts";
import { storedContents, storedLookup, storedNextKey } from "../../src/model/stored-contents.ts";
import { type SavedCgroups, snapshotCgroups } from "../../src/sources/snapshot/cgroups.ts";
import { syscallError } from "../../src/errors.ts";
import { ENOENT } from "../../src/uapi/errno.ts";
import { type Entry, stored } from "./entries.ts";
import { hostRecord, progCode } from "./records.ts";

/** Everything is optional; objects ascend by id. */
export interface Machine {
  readonly kind?: ObjectSource["kind"];
  readonly host?: HostRecord;
  readonly progs?: readonly ProgRecord[];
  readonly maps?: readonly MapRecord[];
  readonly btfs?: readonly BtfRecord[];
  readonly links?: readonly LinkRecord[];
  readonly perf?: readonly PerfRecord[];
  readonly pins?: readonly PinRecord[];
  readonly holders?: readonly HolderRecord[];
  readonly tokens?: readonly TokenRecord[];
  readonly nets?: readonly NetRecord[];
  readonly cgroups?: SavedCgroups;
  /** By id of the map. */
  readonly mapProgs?: ReadonlyMap<number, readonly MapProgRecord[]>;
  /** By id of the program, map or BTF. */
  readonly code?: ReadonlyMap<number, ProgCode>;
  readonly images?: ReadonlyMap<number, ProgImage>;
  readonly blobs?: ReadonlyMap<number, Uint8Array>;
  readonly entries?: ReadonlyMap<number, readonly Entry[]>;
  /** How the walks over the entries end, if not well. */
  readonly ends?: ReadonlyMap<number, { readonly errno?: number; readonly cut?: boolean }>;
  /** Functions of the kernel by address. */
  readonly symbols?: readonly (readonly [address: bigint, name: string])[];
}

export function memorySource(machine: Machine): ObjectSource {
  const { progs = [], maps = [], btfs = [], links = [], perf = [], pins = [], holders = [] } = machine;
  function find<T extends { readonly id: number }>(kind: ObjectKind, records: readonly T[], id: number): T {
    const record = records.find((candidate) => candidate.id === id);
    if (!record) throw lookupError(kind, id);
    return record;
  }
  const host = machine.host ?? hostRecord();
  const { littleEndian } = host;
  const contents = ({ id }: MapInfo) => {
    const map = find("map", maps, id);
    return stored(map, machine.entries?.get(id) ?? [], { littleEndian, ...machine.ends?.get(id) });
  };
  return {
    kind: machine.kind ?? "snapshot",
    label: "memory",
    progs: () => progs,
    progInfos: () => progs,
    prog: (id) => find("prog", progs, id),
    maps: () => maps,
    mapInfos: () => maps,
    map: (id) => find("map", maps, id),
    mapInfo: (id) => find("map", maps, id),
    btfs: () => btfs,
    btf: (id) => find("btf", btfs, id),
    links: () => links,
    link: (id) => find("link", links, id),
    perf: () => perf,
    code: ({ id }) => machine.code?.get(id) ?? progCode(),
    image: ({ id }) => machine.images?.get(id),
    btfBytes({ id }) {
      const bytes = machine.blobs?.get(id);
      if (!bytes) throw lookupError("btf", id);
      return bytes;
    },
    contents: (map) => storedContents(contents(map)),
    lookup: (map, key) => storedLookup(map, contents(map), key),
    nextKey: (map, key) => storedNextKey(map, contents(map), key),
    pins: () => pins,
    pinned(path) {
      const pin = pins.find((candidate) => candidate.path === path);
      if (!pin) throw syscallError(`bpf obj get (${path})`, ENOENT);
      return pin;
    },
    holders: (kind) => holders.filter((holder) => kind === undefined || holder.kind === kind),
    tokens: () => machine.tokens ?? [],
    ...(machine.nets && {
      network: (request: NetRequest) => ({
        nets: (machine.nets ?? []).map((net) => requested(net, request)),
        netfilter: netfilterOf(links),
        problems: [],
      }),
    }),
    ...(machine.cgroups && { cgroups: () => snapshotCgroups(machine.cgroups as SavedCgroups) }),
    ...(machine.mapProgs && { mapProgs: ({ id }: MapInfo) => machine.mapProgs?.get(id) ?? [] }),
    symbols: (request) => lookUp(machine.symbols ?? [], request),
    host: () => host,
  };
}

function lookUp(
  symbols: readonly (readonly [address: bigint, name: string])[],
  { addresses, offsets }: SymbolRequest,
): KernelSymbols {
  const base = symbols.find(([, name]) => name === "__bpf_call_base")?.[0] ?? 0n;
  const callBase = offsets.length > 0 ? base : 0n;
  const wanted = new Set([
    ...addresses,
    ...offsets.map((offset) => BigInt.asUintN(64, base + BigInt(offset))),
  ]);
  return { callBase, names: new Map(symbols.filter(([address]) => wanted.has(address))) };
}

/** The machine's symbols as /proc/kallsyms prints them. */
export function kallsymsOf({ symbols = [] }: Machine): string {
  return symbols.map(([address, name]) => `${address.toString(16).padStart(16, "0")} t ${name}\n`).join("");
}
