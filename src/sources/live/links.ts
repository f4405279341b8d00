/** Links of the running kernel. */
import { ByteReader } from "../../bytes/reader.ts";
import { syscallError } from "../../errors.ts";
import type { LinkDetail, LinkRecord } from "../../model/records.ts";
import { LINK_INFO, LINK_INFO_SIZE } from "../../sys/info.ts";
import { type LinkBuffer, linkLayout } from "../../sys/link-info.ts";
import { decodeStruct } from "../../sys/struct.ts";
import { HOST_LITTLE_ENDIAN } from "../../bytes/host.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { deviceName } from "./device.ts";
import { objectInfo } from "./objects.ts";

export function readLink(sys: Syscalls, fd: number): LinkRecord {
  const bytes = new Uint8Array(LINK_INFO_SIZE);
  ask(sys, fd, bytes, []);
  const { type, id, progId } = decodeStruct(LINK_INFO, bytes);
  const info = new ByteReader(bytes, { littleEndian: HOST_LITTLE_ENDIAN, what: "link info" });
  const layout = linkLayout(type, info);
  const buffers = layout.buffers?.(info) ?? [];
  if (buffers.length > 0) ask(sys, fd, bytes, buffers);
  return { id, type, progId, detail: withDeviceName(sys, layout.detail(info, buffers)) };
}

function ask(sys: Syscalls, fd: number, info: Uint8Array, buffers: readonly LinkBuffer[]): void {
  info.fill(0);
  const view = new DataView(info.buffer);
  for (const { length, count } of buffers) view.setUint32(length, count, HOST_LITTLE_ENDIAN);
  const pointers = buffers
    .filter(({ target }) => target.length > 0)
    .map(({ pointer, target }) => ({ holder: info, offset: pointer, target }));
  const status = objectInfo(sys, fd, info, pointers);
  if (status < 0) throw syscallError("can't get link info", -status);
}

function withDeviceName(sys: Syscalls, detail: LinkDetail): LinkDetail {
  if (detail.kind !== "xdp" && detail.kind !== "tcx" && detail.kind !== "netkit") return detail;
  const ifname = detail.ifindex === 0 ? undefined : deviceName(sys, detail.ifindex);
  return ifname === undefined ? detail : { ...detail, ifname };
}
