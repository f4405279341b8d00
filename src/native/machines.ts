/** What is known of machines, by the name that uname has for them. */
import type { CapstoneInsn, CapstoneTarget } from "./capstone.ts";
import { armText } from "./text/arm.ts";
import { arm64Text } from "./text/arm64.ts";
import { plainText } from "./text/plain.ts";
import { ppcText } from "./text/ppc.ts";
import { riscvText } from "./text/riscv.ts";
import { s390Text } from "./text/s390.ts";
import { x86Text } from "./text/x86.ts";

export interface Machine {
  readonly target: CapstoneTarget;
  /** In which order the bytes of its instructions stand. */
  readonly littleEndian: boolean;
  /** As LLVM prints it: the operation, and behind a tab its operands. */
  text(insn: CapstoneInsn): string;
  /** Bytes of what begins with `first`, whether it is an instruction that we know or not. */
  size(first: number): number;
  /** Prefixes that LLVM shows as instructions of their own. */
  readonly prefixes?: Readonly<Record<number, string>>;
}

/** enum cs_arch. */
const ARCH = { ARM: 0, ARM64: 1, MIPS: 2, X86: 3, PPC: 4, SPARC: 5, SYSZ: 6, RISCV: 15 } as const;
/** enum cs_mode; what a bit means depends on the architecture. */
const MODE = {
  X86_32: 1 << 2,
  X86_64: 1 << 3,
  MIPS32: 1 << 2,
  MIPS64: 1 << 3,
  PPC32: 1 << 2,
  PPC64: 1 << 3,
  RISCV32: 1 << 0,
  RISCV64: 1 << 1,
  RISCV_COMPRESSED: 1 << 2,
  SPARC_V9: 1 << 4,
  BIG_ENDIAN: 2 ** 31,
} as const;
/** CS_OPT_SYNTAX with the values that we use. */
const ATT = [[1, 2]] as const;
const REGISTER_NUMBERS = [[1, 3]] as const;

const one = () => 1;
const four = () => 4;

function x86(mode: number): Machine {
  const target = { arch: ARCH.X86, mode, options: ATT };
  return { target, littleEndian: true, text: x86Text, size: one, prefixes: { 0xf0: "lock" } };
}

function riscv(mode: number): Machine {
  const target = { arch: ARCH.RISCV, mode: mode | MODE.RISCV_COMPRESSED };
  return { target, littleEndian: true, text: riscvText, size: (first) => ((first & 3) === 3 ? 4 : 2) };
}

function eitherEndian(arch: number, mode: number, littleEndian: boolean) {
  return { target: { arch, mode: mode + (littleEndian ? 0 : MODE.BIG_ENDIAN) }, littleEndian, size: four };
}

/** The first that fits counts; `littleEndian` is the machine's order of data. */
const MACHINES: readonly (readonly [name: RegExp, machine: (littleEndian: boolean) => Machine])[] = [
  [/^x86_64$/, () => x86(MODE.X86_64)],
  [/^i[3-6]86$/, () => x86(MODE.X86_32)],
  // Code of ARM is little-endian even where data is not.
  [
    /^(aarch64|arm64)/,
    () => ({ target: { arch: ARCH.ARM64, mode: 0 }, littleEndian: true, text: arm64Text, size: four }),
  ],
  [
    /^arm/,
    () => ({
      target: { arch: ARCH.ARM, mode: 0, options: REGISTER_NUMBERS },
      littleEndian: true,
      text: armText,
      size: four,
    }),
  ],
  [
    /^s390x$/,
    () => ({
      target: { arch: ARCH.SYSZ, mode: MODE.BIG_ENDIAN },
      littleEndian: false,
      text: s390Text,
      size: (first) => (first < 0x40 ? 2 : first < 0xc0 ? 4 : 6),
    }),
  ],
  [/^riscv64$/, () => riscv(MODE.RISCV64)],
  [/^riscv32$/, () => riscv(MODE.RISCV32)],
  [/^ppc64/, (little) => ({ ...eitherEndian(ARCH.PPC, MODE.PPC64, little), text: ppcText })],
  [/^ppc/, (little) => ({ ...eitherEndian(ARCH.PPC, MODE.PPC32, little), text: ppcText })],
  [/^mips64/, (little) => ({ ...eitherEndian(ARCH.MIPS, MODE.MIPS64, little), text: plainText })],
  [/^mips/, (little) => ({ ...eitherEndian(ARCH.MIPS, MODE.MIPS32, little), text: plainText })],
  [/^sparc/, () => ({ ...eitherEndian(ARCH.SPARC, MODE.SPARC_V9, false), text: plainText })],
];

export function machineNamed(name: string, littleEndian: boolean): Machine | undefined {
  return MACHINES.find(([pattern]) => pattern.test(name))?.[1](littleEndian);
}
