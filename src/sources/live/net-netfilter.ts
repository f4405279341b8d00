/** Netfilter links of the running kernel (bpftool net.c:show_link_netfilter). */
import { HOST_LITTLE_ENDIAN } from "../../bytes/host.ts";
import { ByteReader } from "../../bytes/reader.ts";
import { InspectError, syscallError } from "../../errors.ts";
import type { NetfilterRecord, NetworkRecord } from "../../model/net-records.ts";
import { LINK_INFO, LINK_INFO_SIZE } from "../../sys/info.ts";
import { linkLayout } from "../../sys/link-info.ts";
import { decodeStruct } from "../../sys/struct.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { LINK_TYPE } from "../../uapi/link-types.ts";
import { objectInfo, walk } from "./objects.ts";

/** By id. Other links are asked for their type alone. */
export function readNetfilter(sys: Syscalls): Pick<NetworkRecord, "netfilter" | "problems"> {
  const netfilter: NetfilterRecord[] = [];
  const problems: string[] = [];
  const info = new Uint8Array(LINK_INFO_SIZE);
  const read = (fd: number, id: number) => {
    const status = objectInfo(sys, fd, info.fill(0));
    if (status >= 0) return netfilterIn(info);
    problems.push(syscallError(`can't get link info (${id})`, -status).message);
    return [];
  };
  try {
    for (const found of walk(sys, "link", read)) netfilter.push(...found);
  } catch (error) {
    if (!(error instanceof InspectError)) throw error;
    problems.push(error.message);
  }
  return { netfilter, problems };
}

function netfilterIn(bytes: Uint8Array): NetfilterRecord[] {
  const { type, progId } = decodeStruct(LINK_INFO, bytes);
  if (type !== LINK_TYPE.netfilter) return [];
  const info = new ByteReader(bytes, { littleEndian: HOST_LITTLE_ENDIAN, what: "link info" });
  const detail = linkLayout(type, info).detail(info, []);
  return detail.kind === "netfilter" ? [{ progId, detail }] : [];
}
