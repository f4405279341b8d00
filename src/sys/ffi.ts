/**
 * The only file that loads the FFI package. Where it has no build for this platform, or this is not Linux,
 * every system call answers ENOSYS.
 *
 * A buffer whose address alone is kept is garbage for the collector, even between storing the address and the
 * call that uses it. So no function here returns an address: `call` takes the buffers and holds them.
 */
import { createRequire } from "node:module";
import { endianness } from "node:os";
import { ENOSYS } from "../uapi/errno.ts";
import { HOST_LITTLE_ENDIAN } from "./struct.ts";
import type { Pointer } from "./syscalls.ts";

interface Koffi {
  load(path: null): { func(prototype: string): (...args: unknown[]) => number | bigint };
  address(buffer: Uint8Array): bigint;
  errno(): number;
}

/** Number of bpf(2) by Node.js architecture name. */
const NR_BPF: Readonly<Record<string, number>> = {
  x64: 321,
  arm64: 280,
  riscv64: 280,
  loong64: 280,
  ppc64: 361,
  arm: 386,
  ia32: 357,
};

export interface Ffi {
  /** Returns what the kernel returns, or -errno. */
  bpf(cmd: number, attr: Uint8Array, pointers: readonly Pointer[]): number;
  /** Seconds and nanoseconds of a clock (CLOCK_*), as nanoseconds. */
  clock(id: number): bigint;
}

/** Buffers of the call under way: reachable from here, so the collector leaves them alone. */
const roots: { held: unknown } = { held: undefined };

export function loadFfi(): Ffi {
  const koffi = process.platform === "linux" ? requireKoffi() : undefined;
  const nr = NR_BPF[process.arch];
  if (koffi === undefined || nr === undefined) return { bpf: () => -ENOSYS, clock: () => 0n };
  const libc = koffi.load(null);
  const syscall = libc.func("long syscall(long nr, long a, void *b, ulong c)");
  const clockGettime = libc.func("int clock_gettime(int id, void *time)");
  return {
    bpf(cmd, attr, pointers) {
      roots.held = [attr, pointers];
      for (const { holder, offset, target } of pointers) {
        const view = new DataView(holder.buffer, holder.byteOffset, holder.byteLength);
        view.setBigUint64(offset, koffi.address(target), HOST_LITTLE_ENDIAN);
      }
      const result = Number(syscall(nr, cmd, attr, attr.length));
      const errno = result < 0 ? koffi.errno() : 0;
      roots.held = undefined;
      return result < 0 ? -errno : result;
    },
    clock(id) {
      const time = new BigInt64Array(2);
      clockGettime(id, time);
      return (time[0] as bigint) * 1_000_000_000n + (time[1] as bigint);
    },
  };
}

/** The platform package alone costs a third of what `koffi` itself costs at start-up. */
function requireKoffi(): Koffi | undefined {
  const require = createRequire(import.meta.url);
  const abi = process.arch === "ppc64" ? `ppc64${endianness().toLowerCase()}` : process.arch;
  for (const name of [`@koromix/koffi-linux-${abi}`, "koffi"]) {
    try {
      return require(name) as Koffi;
    } catch {
      // Not installed for this platform: the next one, or none.
    }
  }
  return undefined;
}
