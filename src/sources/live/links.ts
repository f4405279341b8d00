/** Links of the running kernel. */
import { ByteReader } from "../../bytes/reader.ts";
import { HOST_LITTLE_ENDIAN } from "../../bytes/host.ts";
import { syscallError } from "../../errors.ts";
import { type KernelFunction, resolveFunctions } from "../../kallsyms/functions.ts";
import type { KprobeMultiFunc, LinkDetail, LinkRecord } from "../../model/records.ts";
import { LINK_INFO, LINK_INFO_SIZE } from "../../sys/info.ts";
import { type LinkBuffer, linkLayout } from "../../sys/link-info.ts";
import { decodeStruct } from "../../sys/struct.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { deviceName } from "./device.ts";
import { objectInfo, walk, withObject } from "./objects.ts";

export interface LinkReader {
  all(): LinkRecord[];
  /** The lookup error of links where there is none. */
  one(id: number): LinkRecord;
}

/** Remembers the names of functions: the kernel's symbols are read once for all links of a walk. */
export function linkReader(sys: Syscalls): LinkReader {
  const info = new Uint8Array(new ArrayBuffer(LINK_INFO_SIZE));
  const functions = new Map<bigint, KernelFunction | undefined>();
  return {
    all() {
      const devices = deviceNames(sys);
      return named(sys, [...walk(sys, "link", (fd) => readLink(sys, fd, info, devices))], functions);
    },
    one(id) {
      const link = withObject(sys, "link", id, (fd) => readLink(sys, fd, info, deviceNames(sys)));
      return named(sys, [link], functions)[0] ?? link;
    },
  };
}

/** The name of the device with an index; undefined where there is none. */
type DeviceNames = (ifindex: number) => string | undefined;

/** Many links may be on one device: each is looked for once. */
function deviceNames(sys: Syscalls): DeviceNames {
  const known = new Map<number, string | undefined>();
  return (ifindex) => {
    if (!known.has(ifindex)) known.set(ifindex, deviceName(sys, ifindex));
    return known.get(ifindex);
  };
}

/** `bytes` is room for struct bpf_link_info. */
function readLink(sys: Syscalls, fd: number, bytes: Uint8Array, devices: DeviceNames): LinkRecord {
  ask(sys, fd, bytes, []);
  const { type, id, progId } = decodeStruct(LINK_INFO, bytes);
  const info = new ByteReader(bytes, { littleEndian: HOST_LITTLE_ENDIAN, what: "link info" });
  const layout = linkLayout(type, info);
  const buffers = layout.buffers?.(info) ?? [];
  if (buffers.length > 0) ask(sys, fd, bytes, buffers);
  return { id, type, progId, detail: withDeviceName(layout.detail(info, buffers), devices) };
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

function withDeviceName(detail: LinkDetail, devices: DeviceNames): LinkDetail {
  if (detail.kind !== "xdp" && detail.kind !== "tcx" && detail.kind !== "netkit") return detail;
  const ifname = detail.ifindex === 0 ? undefined : devices(detail.ifindex);
  return ifname === undefined ? detail : { ...detail, ifname };
}

/** The links, with the names of the functions that they are on. */
function named(
  sys: Syscalls,
  links: readonly LinkRecord[],
  known: Map<bigint, KernelFunction | undefined>,
): LinkRecord[] {
  const unknown = links
    .flatMap(({ detail }) => (detail.kind === "kprobe_multi" ? detail.funcs : []))
    .map(({ addr }) => addr)
    .filter((addr) => addr !== 0n && !known.has(addr));
  if (unknown.length > 0) {
    const found = resolveFunctions(unknown, sys.readPieces("/proc/kallsyms"));
    for (const addr of unknown) known.set(addr, found.get(addr));
  }
  return links.map((link) => {
    const { detail } = link;
    if (detail.kind !== "kprobe_multi") return link;
    const funcs = detail.funcs.map((func) => withNames(func, known.get(func.addr)));
    return { ...link, detail: { ...detail, funcs } };
  });
}

function withNames(func: KprobeMultiFunc, names: KernelFunction | undefined): KprobeMultiFunc {
  if (!names) return func;
  const { name, aliases, module } = names;
  return {
    ...func,
    func: name,
    ...(aliases.length > 0 && { aliases }),
    ...(module !== undefined && { module }),
  };
}
