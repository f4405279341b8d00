/** `repeatedBpf` and `errno` of a fake kernel, over its `bpf`. */
import type { Syscalls } from "../../src/sys/syscalls.ts";

export function repeatedOver(bpf: Syscalls["bpf"]): Pick<Syscalls, "repeatedBpf" | "errno"> {
  let errno = 0;
  return {
    repeatedBpf:
      (...call) =>
      () => {
        const result = bpf(...call);
        if (result < 0) errno = -result;
        return Math.max(result, -1);
      },
    errno: () => errno,
  };
}
