/** What this process may do: its capabilities (capget(2), capset(2)) and its limits (prlimit(2)). */
import { type Ffi, loadFfi } from "./ffi.ts";

/** One bit for each capability. */
export interface CapabilitySets {
  readonly effective: bigint;
  readonly permitted: bigint;
  readonly inheritable: bigint;
}

/** In bytes; all ones for no limit. */
export interface Limit {
  readonly soft: bigint;
  readonly hard: bigint;
}

export const UNLIMITED: Limit = { soft: 2n ** 64n - 1n, hard: 2n ** 64n - 1n };

/** Calls return -errno where they fail. Capabilities are those of the calling thread alone. */
export interface OwnProcess {
  capabilities(): CapabilitySets | number;
  setCapabilities(sets: CapabilitySets): number;
  /** RLIMIT_MEMLOCK. */
  lockedMemory(): Limit | number;
  setLockedMemory(limit: Limit): number;
}

const CAPABILITY_VERSION_3 = 0x2008_0522;
const RLIMIT_MEMLOCK = 8;

export function linuxOwnProcess(ffi: Ffi = loadFfi()): OwnProcess {
  /** This thread. */
  const header = () => bytesOf(Uint32Array.of(CAPABILITY_VERSION_3, 0));
  return {
    capabilities() {
      const words = new Uint32Array(6);
      const status = ffi.capget(header(), bytesOf(words));
      if (status < 0) return status;
      const [effective, permitted, inheritable] = [0, 1, 2].map((at) => joined(words, at));
      return { effective, permitted, inheritable } as CapabilitySets;
    },
    setCapabilities({ effective, permitted, inheritable }) {
      const sets = [effective, permitted, inheritable];
      const words = Uint32Array.from([...sets, ...sets.map((set) => set >> 32n)], (set) =>
        Number(BigInt.asUintN(32, set)),
      );
      return ffi.capset(header(), bytesOf(words));
    },
    lockedMemory() {
      const limit = new BigUint64Array(2);
      const status = ffi.prlimit(RLIMIT_MEMLOCK, null, bytesOf(limit));
      return status < 0 ? status : { soft: limit[0] as bigint, hard: limit[1] as bigint };
    },
    setLockedMemory: ({ soft, hard }) =>
      ffi.prlimit(RLIMIT_MEMLOCK, bytesOf(BigUint64Array.of(soft, hard)), null),
  };
}

/** The lower 32 bits of the sets come first, then the upper ones. */
function joined(words: Uint32Array, at: number): bigint {
  return (BigInt(words[at + 3] as number) << 32n) | BigInt(words[at] as number);
}

function bytesOf({ buffer }: Uint32Array<ArrayBuffer> | BigUint64Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(buffer);
}
