/** The version that kprobe programs had to carry up to Linux 5.0 (libbpf libbpf_probes.c:get_kernel_version). */
import type { Syscalls } from "../../../sys/syscalls.ts";

/**
 * LINUX_VERSION_CODE; 0 where nothing tells. Ubuntu and Debian keep an older release in uname(2) than the version that their
 * kernels compare with.
 */
export function kernelVersion(sys: Syscalls): number {
  const version =
    /^\S+\s+\S+\s+(\d+)\.(\d+)\.(\d+)/.exec(sys.readText("/proc/version_signature") ?? "") ??
    /Debian (\d+)\.(\d+)\.(\d+)/.exec(sys.readText("/proc/sys/kernel/version") ?? "") ??
    /^(\d+)\.(\d+)\.(\d+)/.exec(sys.uname().release);
  if (!version) return 0;
  const [major = 0, minor = 0, patch = 0] = version.slice(1).map(Number);
  return (major << 16) | (minor << 8) | Math.min(patch, 255);
}
