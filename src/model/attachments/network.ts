/** Programs on network devices and namespaces, as attachments. */
import { ATTACH_TYPE } from "../../uapi/attach-types.ts";
import type { NetDeviceRecord, NetRecord, NetworkRecord } from "../net-records.ts";
import type { Attachment, HookDevice } from "./hooks.ts";
import { type LinkPool, linkFields } from "./link-pool.ts";

const FLOW_DISSECTOR = ATTACH_TYPE.flow_dissector;

/** Namespace by namespace, device by device, each hook in the order in which its programs run. */
export function networkAttachments({ nets }: Pick<NetworkRecord, "nets">, pool: LinkPool): Attachment[] {
  return nets.flatMap((net) => [
    ...net.devices.flatMap((device) => deviceAttachments(net, device, pool)),
    ...net.flowDissector.map((progId): Attachment => {
      const { netns } = net;
      const { ino } = netns;
      const link = pool.take("netns", progId, (detail) => BigInt(detail.netnsIno) === ino);
      const hook = { kind: "netns", ino, netns, attachType: FLOW_DISSECTOR } as const;
      return { progId, hook, ...linkFields(link) };
    }),
  ]);
}

function deviceAttachments({ netns }: NetRecord, record: NetDeviceRecord, pool: LinkPool): Attachment[] {
  const { ifindex, ifname, xdp, mprogs, filters } = record;
  const device: HookDevice = { ifindex, ifname, netns };
  // A link does not say which namespace its index counts in: that of the first device with this program will do.
  const isHere = (detail: { readonly ifindex: number }) => detail.ifindex === ifindex;
  return [
    ...(xdp?.progs ?? []).map(({ mode, progId }): Attachment => {
      const link = pool.take("xdp", progId, isHere);
      return { progId, hook: { kind: "xdp", device, mode }, ...linkFields(link) };
    }),
    ...mprogs.map(({ attachType, progId, linkId }): Attachment => {
      const link = linkId === 0 ? undefined : pool.takeId(progId, linkId);
      return { progId, hook: { kind: "mprog", device, attachType }, ...linkFields(link) };
    }),
    ...filters.flatMap(({ kind: place, progId, actions = [] }): Attachment[] => [
      ...(progId === undefined ? [] : [{ progId, hook: { kind: "tc", device, place } as const }]),
      ...actions.flatMap((act) =>
        act.progId === undefined
          ? []
          : [{ progId: act.progId, hook: { kind: "tc", device, place } as const, action: true as const }],
      ),
    ]),
  ];
}
