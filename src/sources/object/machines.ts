/** Names of the machines that people have ELF files for (EM_* of include/uapi/linux/elf-em.h), for errors. */
const MACHINES: Readonly<Record<number, string>> = {
  2: "sparc",
  3: "i386",
  8: "mips",
  20: "powerpc",
  21: "powerpc64",
  22: "s390",
  40: "arm",
  42: "sh",
  43: "sparc64",
  50: "ia64",
  62: "x86_64",
  93: "arc",
  164: "hexagon",
  183: "aarch64",
  190: "cuda",
  195: "arc",
  224: "amdgpu",
  243: "riscv",
  252: "csky",
  258: "loongarch",
  263: "sbf",
};

/** `x86_64 (62)`. */
export function machineText(machine: number): string {
  const name = MACHINES[machine];
  return name === undefined ? `machine ${machine}` : `${name} (${machine})`;
}
