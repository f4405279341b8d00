/** What is attached to the network, with names and in the order in which it is shown. */
import type {
  NetDeviceRecord,
  NetfilterDetail,
  NetfilterRecord,
  NetRecord,
  NetRequest,
  NetworkRecord,
} from "./net-records.ts";
import type { LinkRecord } from "./records.ts";
import type { Registry } from "./registry.ts";

export interface NetView {
  readonly nets: readonly NetRecord[];
  /** By id; only those of programs that have names, on hooks that tell only ids. */
  readonly progNames: ReadonlyMap<number, string>;
  /** By family, hook, priority and flags. */
  readonly netfilter: readonly NetfilterRecord[];
}

/** `nets` are all or some of what the registry's source says. */
export function netView(
  registry: Registry,
  { nets, netfilter }: Pick<NetworkRecord, "nets" | "netfilter">,
): NetView {
  return {
    nets,
    progNames: progNames(registry, nets),
    netfilter: [...netfilter].sort(({ detail: a }, { detail: b }) => byPlace(a, b)),
  };
}

/** The device goes by this name. As for if_nametoindex(3), what follows a colon is the name of an address on it. */
export function isNamed(
  { ifname, altNames }: Pick<NetDeviceRecord, "ifname" | "altNames">,
  name: string,
): boolean {
  const [device = ""] = name.split(":");
  return ifname === device || altNames.includes(device);
}

/** What of a stored record was asked for. */
export function requested(net: NetRecord, { device }: NetRequest): NetRecord {
  return device === undefined ? net : { ...net, devices: net.devices.filter((one) => isNamed(one, device)) };
}

/** The netfilter links among others. */
export function netfilterOf(links: Iterable<LinkRecord>): NetfilterRecord[] {
  return Array.from(links).flatMap(({ progId, detail }) =>
    detail.kind === "netfilter" ? [{ progId, detail }] : [],
  );
}

function progNames(registry: Registry, nets: readonly NetRecord[]): ReadonlyMap<number, string> {
  const ids = nets.flatMap(({ devices }) =>
    devices.flatMap(({ mprogs }) => mprogs.map(({ progId }) => progId)),
  );
  const names = new Map<number, string>();
  for (const id of new Set(ids)) {
    const prog = registry.progIfThere(id);
    if (prog && prog.name !== "") names.set(id, registry.progName(prog));
  }
  return names;
}

function byPlace(a: NetfilterDetail, b: NetfilterDetail): number {
  return a.pf - b.pf || a.hook - b.hook || a.prio - b.prio || a.flags - b.flags;
}
