/** The network device behind an interface index. */
import type { DeviceRecord } from "../../model/records.ts";
import type { Syscalls } from "../../sys/syscalls.ts";

/** if_indextoname(3) without a socket: undefined where no device of this namespace has the index. */
export function deviceName(sys: Syscalls, ifindex: number): string | undefined {
  return sys
    .list("/sys/class/net")
    .map(({ name }) => name)
    .find((name) => Number(sys.readText(`/sys/class/net/${name}/ifindex`)) === ifindex);
}

/** `{}` for objects that are not offloaded. */
export function deviceOf(
  sys: Syscalls,
  info: { ifindex: number; netnsDev: bigint; netnsIno: bigint },
): { device?: DeviceRecord } {
  const { ifindex, netnsDev, netnsIno } = info;
  if (ifindex === 0) return {};
  const own = sys.identity("/proc/self/ns/net");
  const ifname = own?.dev === netnsDev && own.ino === netnsIno ? deviceName(sys, ifindex) : undefined;
  return { device: { ifindex, netnsDev, netnsIno, ...(ifname !== undefined && { ifname }) } };
}
