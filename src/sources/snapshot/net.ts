/** Network namespaces in a snapshot: the own one of whoever took it first. */
import { array, bigInteger, boolean, integer, object, type Shape } from "../../json/shape.ts";
import type { NetRecord } from "../../model/net-records.ts";
import type { ObjectSource } from "../../model/source.ts";
import { byteText, u32 } from "./scalars.ts";

const MAX_LIST = 1 << 20;
const names = array(byteText, MAX_LIST);

const xdp = object({ mode: u32, progs: array(object({ mode: u32, progId: u32 }), MAX_LIST) });
const mprog = object({ attachType: u32, progId: u32, progFlags: u32, linkId: u32, linkFlags: u32 });
const named = { name: byteText, progId: u32 };
const filter = object({ kind: byteText }, { ...named, actions: array(object({}, named), MAX_LIST) });
const device = object(
  {
    ifindex: u32,
    ifname: byteText,
    altNames: names,
    mprogs: array(mprog, MAX_LIST),
    filters: array(filter, MAX_LIST),
  },
  { xdp },
);
const net: Shape<NetRecord> = object({
  netns: object(
    { ino: bigInteger(0n, 0xffff_ffff_ffff_ffffn), own: boolean, names },
    { pid: integer(1, 0x7fff_ffff) },
  ),
  devices: array(device, MAX_LIST),
  flowDissector: array(u32, MAX_LIST),
  problems: names,
});

export const netsShape: Shape<readonly NetRecord[]> = array(net, MAX_LIST);

/** What is saved of a source, beside its links; undefined where it has no network devices. */
export function savedNets(source: ObjectSource): readonly NetRecord[] | undefined {
  return source.network?.({ everyNetns: true }).nets;
}
