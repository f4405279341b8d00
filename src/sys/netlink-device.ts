/** Devices with what XDP has on them, from RTM_NEWLINK (kernel header uapi/linux/if_link.h; net/core/rtnetlink.c). */
import type { ByteReader } from "../bytes/reader.ts";
import type { NetDeviceRecord, XdpRecord } from "../model/net-records.ts";
import { XDP_ATTACHED } from "../uapi/xdp-modes.ts";
import { attributes, attributeText, attributeU32, attributeU8, type Range } from "./netlink.ts";
import { type Decoder, DEVICE_HEADER, splitMessage } from "./netlink-route.ts";

const IFLA = { IFNAME: 3, LINKINFO: 18, XDP: 43, PROP_LIST: 52, ALT_IFNAME: 53 } as const;
/** Those of a device that tell what it is and what hangs on it. */
const DEVICE_TYPES: ReadonlySet<number> = new Set([IFLA.IFNAME, IFLA.LINKINFO, IFLA.XDP, IFLA.PROP_LIST]);
const IFLA_INFO_KIND = 1;
const IFLA_XDP = { ATTACHED: 2, PROG_ID: 4, DRV_PROG_ID: 5, SKB_PROG_ID: 6, HW_PROG_ID: 7 } as const;

export interface DeviceAnswer extends Pick<NetDeviceRecord, "ifindex" | "ifname" | "altNames" | "xdp"> {
  /** Of virtual devices: `veth`, `netkit`. */
  readonly kind?: string;
}

export const decodeDevice: Decoder<DeviceAnswer> = (answer, message) => {
  const { start, rest } = splitMessage(message, DEVICE_HEADER);
  const device: Writable<DeviceAnswer> = { ifindex: answer.u32(start + 4), ifname: "", altNames: [] };
  for (const attribute of attributes(answer, rest, DEVICE_TYPES)) {
    if (attribute.type === IFLA.IFNAME) device.ifname = attributeText(answer, attribute);
    else if (attribute.type === IFLA.PROP_LIST) device.altNames = textsIn(answer, attribute, IFLA.ALT_IFNAME);
    else if (attribute.type === IFLA.LINKINFO) {
      const [kind] = textsIn(answer, attribute, IFLA_INFO_KIND);
      if (kind !== undefined) device.kind = kind;
    } else if (attribute.type === IFLA.XDP) {
      const xdp = decodeXdp(answer, attribute);
      if (xdp) device.xdp = xdp;
    }
  }
  return device;
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The texts of a type in a nest. */
function textsIn(answer: ByteReader, nest: Range, type: number): string[] {
  return attributes(answer, nest)
    .filter((attribute) => attribute.type === type)
    .map((attribute) => attributeText(answer, attribute));
}

/** In which of them the program of each mode stands where there are several, in bpftool's order. */
const MULTI_PROGS = [
  [XDP_ATTACHED.SKB, IFLA_XDP.SKB_PROG_ID],
  [XDP_ATTACHED.DRV, IFLA_XDP.DRV_PROG_ID],
  [XDP_ATTACHED.HW, IFLA_XDP.HW_PROG_ID],
] as const;

const PROG_IDS: ReadonlySet<number> = new Set([
  IFLA_XDP.PROG_ID,
  IFLA_XDP.DRV_PROG_ID,
  IFLA_XDP.SKB_PROG_ID,
  IFLA_XDP.HW_PROG_ID,
]);

/** undefined where nothing is attached. */
function decodeXdp(answer: ByteReader, nest: Range): XdpRecord | undefined {
  const ids = new Map<number, number>();
  let mode: number = XDP_ATTACHED.NONE;
  for (const attribute of attributes(answer, nest)) {
    if (attribute.type === IFLA_XDP.ATTACHED) mode = attributeU8(answer, attribute);
    else if (PROG_IDS.has(attribute.type)) ids.set(attribute.type, attributeU32(answer, attribute));
  }
  if (mode === XDP_ATTACHED.NONE) return undefined;
  const places = mode === XDP_ATTACHED.MULTI ? MULTI_PROGS : ([[mode, IFLA_XDP.PROG_ID]] as const);
  const progs = places.flatMap(([progMode, place]) => {
    const progId = ids.get(place);
    return progId === undefined ? [] : [{ mode: progMode, progId }];
  });
  return { mode, progs };
}
