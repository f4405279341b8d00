/** The devices of the network namespace that the thread is in, and what hangs on them (bpftool net.c:do_show). */
import { errnoOf } from "../../errors.ts";
import type { FilterRecord, NetDeviceRecord } from "../../model/net-records.ts";
import { isNamed } from "../../model/net-views.ts";
import { type DeviceAnswer, decodeDevice } from "../../sys/netlink-device.ts";
import { CLSACT_PARENT } from "../../sys/netlink-route.ts";
import { decodeFilter, decodeQdisc, type QdiscAnswer } from "../../sys/netlink-tc.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { EOPNOTSUPP } from "../../uapi/errno.ts";
import { readMprogs } from "./net-queries.ts";
import { type Dump, RouteSocket } from "./net-socket.ts";

/** Of all devices, or of the one that has a name; `problems` gets what could not be read, in words. */
export function readDevices(
  sys: Syscalls,
  name: string | undefined,
  problems: string[],
): readonly NetDeviceRecord[] {
  const socket = new RouteSocket(sys);
  const told = <T>({ items, problem }: Dump<T>): readonly T[] => {
    if (problem) problems.push(problem.message);
    return items;
  };
  // A kernel without traffic control says so, and has no more to tell.
  const tcTold = <T>(dump: Dump<T>) =>
    dump.problem && errnoOf(dump.problem) === EOPNOTSUPP ? dump.items : told(dump);
  try {
    const all = told(socket.dump("network devices", { of: "devices" }, decodeDevice));
    const devices = name === undefined ? all : all.filter((device) => isNamed(device, name));
    if (devices.length === 0) return [];
    const qdiscs = byDevice(tcTold(socket.dump("qdiscs", { of: "qdiscs" }, decodeQdisc)));
    return devices.map(({ kind, ...device }) => ({
      ...device,
      mprogs: readMprogs(sys, device.ifindex, kind),
      filters: readFilters(socket, device, qdiscs.get(device.ifindex) ?? [], tcTold),
    }));
  } finally {
    socket.close();
  }
}

function byDevice(qdiscs: readonly QdiscAnswer[]): ReadonlyMap<number, readonly QdiscAnswer[]> {
  const groups = new Map<number, QdiscAnswer[]>();
  for (const qdisc of qdiscs) {
    const group = groups.get(qdisc.ifindex);
    if (group) group.push(qdisc);
    else groups.set(qdisc.ifindex, [qdisc]);
  }
  return groups;
}

/** Where filters hang: on a class, on a qdisc, on a side of clsact. */
interface FilterPlace {
  readonly kind: string;
  readonly parent: number;
}

const CLSACT = "clsact";
/** Qdiscs that never have classes. */
const CLASSLESS: ReadonlySet<string> = new Set([CLSACT, "ingress"]);
const CLSACT_SIDES: readonly FilterPlace[] = [
  { kind: "clsact/ingress", parent: CLSACT_PARENT.INGRESS },
  { kind: "clsact/egress", parent: CLSACT_PARENT.EGRESS },
];

/**
 * Only where the device has something that filters can hang on: bpftool asks at the handles of all devices' qdiscs, and
 * below clsact even where there is none, which gives the same filters several times.
 */
function readFilters(
  socket: RouteSocket,
  { ifname, ifindex }: DeviceAnswer,
  qdiscs: readonly QdiscAnswer[],
  told: <T>(dump: Dump<T>) => readonly T[],
): FilterRecord[] {
  const own = qdiscs.filter(({ kind, handle }) => handle !== 0 && kind !== CLSACT);
  const classes = own.some(({ kind }) => !CLASSLESS.has(kind))
    ? told(socket.dump(`classes of ${ifname}`, { of: "classes", ifindex }, decodeQdisc))
    : [];
  const sides = qdiscs.some(({ kind }) => kind === CLSACT) ? CLSACT_SIDES : [];
  const places = [...[...classes, ...own].map(({ kind, handle }) => ({ kind, parent: handle })), ...sides];
  return places.flatMap(({ kind, parent }) =>
    told(socket.dump(`filters of ${ifname} ${kind}`, { of: "filters", ifindex, parent }, decodeFilter)).map(
      (filter) => ({ kind, ...filter }),
    ),
  );
}
