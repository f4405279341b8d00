/**
 * Dumps over rtnetlink(7): what is asked for, and how an answer is told (kernel headers uapi/linux/rtnetlink.h, if_link.h,
 * pkt_sched.h). netlink-device.ts and netlink-tc.ts read the answers.
 */
import { HOST_LITTLE_ENDIAN } from "../bytes/host.ts";
import type { ByteReader } from "../bytes/reader.ts";
import { malformedError } from "../errors.ts";
import { encodeDumpRequest, type Range } from "./netlink.ts";

/** What can be asked for: all devices, all qdiscs, the classes of a device, the filters at one place of it. */
export type RouteDump =
  | { readonly of: "devices" | "qdiscs" }
  | { readonly of: "classes"; readonly ifindex: number }
  | { readonly of: "filters"; readonly ifindex: number; readonly parent: number };

/** RTM_GET* and the RTM_NEW* that answers it. */
const TYPES = {
  devices: { request: 18, answer: 16 },
  qdiscs: { request: 38, answer: 36 },
  classes: { request: 42, answer: 40 },
  filters: { request: 46, answer: 44 },
} as const satisfies Record<RouteDump["of"], { request: number; answer: number }>;

/** The sides of clsact, as parents of filters (TC_H_MAKE of TC_H_CLSACT and TC_H_MIN_*). */
export const CLSACT_PARENT = { INGRESS: 0xffff_fff2, EGRESS: 0xffff_fff3 } as const;

/** struct ifinfomsg: u8 family, u16 type at 2, i32 index at 4, u32 flags, u32 change. */
export const DEVICE_HEADER = 16;
/** struct tcmsg: u8 family, i32 ifindex at 4, u32 handle at 8, u32 parent at 12, u32 info. */
export const TC_HEADER = 20;

const AF_PACKET = 17;
const IFLA_EXT_MASK = 29;
/** Counters make the kernel look at every CPU. */
const RTEXT_FILTER_SKIP_STATS = 8;

/** The type of the messages that answer a dump. */
export function answerType({ of }: RouteDump): number {
  return TYPES[of].answer;
}

export function encodeRouteDump(dump: RouteDump, seq: number): Uint8Array {
  return encodeDumpRequest(TYPES[dump.of].request, seq, dump.of === "devices" ? deviceBody() : tcBody(dump));
}

function deviceBody(): Uint8Array {
  const body = new Uint8Array(DEVICE_HEADER + 8);
  const view = new DataView(body.buffer);
  view.setUint8(0, AF_PACKET);
  view.setUint16(DEVICE_HEADER, 8, HOST_LITTLE_ENDIAN);
  view.setUint16(DEVICE_HEADER + 2, IFLA_EXT_MASK, HOST_LITTLE_ENDIAN);
  view.setUint32(DEVICE_HEADER + 4, RTEXT_FILTER_SKIP_STATS, HOST_LITTLE_ENDIAN);
  return body;
}

function tcBody(dump: Exclude<RouteDump, { of: "devices" }>): Uint8Array {
  const body = new Uint8Array(TC_HEADER);
  const view = new DataView(body.buffer);
  if ("ifindex" in dump) view.setUint32(4, dump.ifindex, HOST_LITTLE_ENDIAN);
  if ("parent" in dump) view.setUint32(12, dump.parent, HOST_LITTLE_ENDIAN);
  return body;
}

/** Reads one message of an answer; malformed errors where it is broken. */
export type Decoder<T> = (answer: ByteReader, message: Range) => T;

/** Where the struct of a message starts, and the attributes behind it. */
export function splitMessage({ start, end }: Range, headerSize: number): { start: number; rest: Range } {
  if (end - start < headerSize)
    throw malformedError("netlink answer", `a message of ${end - start} bytes, not ${headerSize}`, start);
  return { start, rest: { start: start + headerSize, end } };
}
