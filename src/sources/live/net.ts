/** What is attached to the network: to devices and namespaces, of the own namespace or of all, and to netfilter. */
import { InspectError, syscallError } from "../../errors.ts";
import type { NetnsRecord, NetRecord, NetRequest, NetworkRecord } from "../../model/net-records.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { ENOENT } from "../../uapi/errno.ts";
import { readDevices } from "./net-devices.ts";
import { type FoundNetns, findNetns, inNetns, openNetns, ownNetns } from "./net-namespaces.ts";
import { readNetfilter } from "./net-netfilter.ts";
import { readFlowDissector } from "./net-queries.ts";
import { closing } from "./objects.ts";

/** Throws where the own namespace cannot be read; what else cannot is told in the records. */
export function readNetwork(sys: Syscalls, request: NetRequest): NetworkRecord {
  const nets = readNets(sys, request);
  const isThere = request.device === undefined || nets.some(({ devices }) => devices.length > 0);
  return { nets, ...(isThere ? readNetfilter(sys) : { netfilter: [], problems: [] }) };
}

/** The own namespace first. */
function readNets(sys: Syscalls, { everyNetns, device }: NetRequest): NetRecord[] {
  const [own = ownNetns(sys), ...others] = everyNetns ? findNetns(sys) : [];
  const ownFd = openNetns(sys, own);
  if (ownFd === undefined) throw syscallError("can't open the own network namespace", ENOENT);
  return closing(sys, ownFd, () => [
    readNet(sys, own.netns, ownFd, device),
    ...others.flatMap((other) => readOther(sys, ownFd, other, device)),
  ]);
}

/** Of the namespace that the thread is in, of which `fd` is a descriptor. */
function readNet(sys: Syscalls, netns: NetnsRecord, fd: number, device: string | undefined): NetRecord {
  const problems: string[] = [];
  const devices = readDevices(sys, device, problems);
  const isWanted = device === undefined || devices.length > 0;
  return { netns, devices, flowDissector: isWanted ? readFlowDissector(sys, fd) : [], problems };
}

/** Nothing of a namespace that has gone. */
function readOther(sys: Syscalls, ownFd: number, other: FoundNetns, device: string | undefined): NetRecord[] {
  const { netns } = other;
  const unread = ({ message }: InspectError): NetRecord[] => [
    { netns, devices: [], flowDissector: [], problems: [message] },
  ];
  const fd = attempt(() => openNetns(sys, other));
  if (fd === undefined) return [];
  if (fd instanceof InspectError) return unread(fd);
  return closing(sys, fd, () =>
    inNetns(
      sys,
      ownFd,
      fd,
      () => {
        const net = attempt(() => readNet(sys, netns, fd, device));
        return net instanceof InspectError ? unread(net) : [net];
      },
      unread,
    ),
  );
}

function attempt<T>(read: () => T): T | InspectError {
  try {
    return read();
  } catch (error) {
    if (error instanceof InspectError) return error;
    throw error;
  }
}
