/** The machine that the kernel runs on. */
import { HOST_LITTLE_ENDIAN } from "../../bytes/host.ts";
import type { HostRecord } from "../../model/records.ts";
import type { Syscalls } from "../../sys/syscalls.ts";

/** Each of its properties is found out when it is asked for: a listing needs the boot time alone. */
export function liveHost(sys: Syscalls): HostRecord {
  const uname = once(() => sys.uname());
  const bootTime = once(() => sys.bootTime());
  const cpus = once(() => possibleCpus(sys));
  return {
    get bootTime() {
      return bootTime();
    },
    get release() {
      return uname().release;
    },
    get machine() {
      return uname().machine;
    },
    littleEndian: HOST_LITTLE_ENDIAN,
    get possibleCpus() {
      return cpus();
    },
  };
}

function once<T extends {}>(find: () => T): () => T {
  let found: T | undefined;
  return () => {
    found ??= find();
    return found;
  };
}

/** CPUs that may ever come: `0-3` or `0-3,8-11` (libbpf libbpf_num_possible_cpus). */
function possibleCpus(sys: Syscalls): number {
  const ranges = (sys.readText("/sys/devices/system/cpu/possible") ?? "0").trim().split(",");
  return ranges.reduce((count, range) => {
    const [first, last] = range.split("-").map(Number);
    return count + (last ?? first ?? 0) - (first ?? 0) + 1;
  }, 0);
}
