/**
 * RISC-V, as LLVM's RISCVInstPrinter writes it: compressed instructions look like those that they stand for,
 * and targets are addresses.
 */
import type { CapstoneInsn } from "../capstone.ts";
import { decimals } from "./numbers.ts";

/** Instructions on the stack pointer, which only the short form has a name for. */
const STACK_FORMS: Readonly<Record<string, string>> = {
  addi16sp: "addi",
  addi4spn: "addi",
  lwsp: "lw",
  ldsp: "ld",
  flwsp: "flw",
  fldsp: "fld",
  swsp: "sw",
  sdsp: "sd",
  fswsp: "fsw",
  fsdsp: "fsd",
};
/** Their short forms name a register once that is both source and destination. */
const TWO_OPERANDS: ReadonlySet<string> = new Set(
  "add addw sub subw and or xor addi addiw addi16sp andi slli srli srai".split(" "),
);
const BRANCH = /^(b|j$|jal$)/;

/**
 * Instructions that have another name with certain operands: by operation the operands, and the whole new
 * text.
 */
const ALIASES: Readonly<Record<string, readonly (readonly [operands: RegExp, text: string])[]>> = {
  addi: [
    [/^zero, zero, 0$/, "nop"],
    [/^(\w+), zero, (-?\w+)$/, "li\t$1, $2"],
    [/^(\w+), (\w+), 0$/, "mv\t$1, $2"],
  ],
  mv: [[/^(\w+), zero$/, "li\t$1, 0"]],
  addiw: [[/^(\w+), (\w+), 0$/, "sext.w\t$1, $2"]],
  xori: [[/^(\w+), (\w+), -1$/, "not\t$1, $2"]],
  sub: [[/^(\w+), zero, (\w+)$/, "neg\t$1, $2"]],
  subw: [[/^(\w+), zero, (\w+)$/, "negw\t$1, $2"]],
  sltiu: [[/^(\w+), (\w+), 1$/, "seqz\t$1, $2"]],
  sltu: [[/^(\w+), zero, (\w+)$/, "snez\t$1, $2"]],
  jr: [[/^ra$/, "ret"]],
  jalr: [
    [/^zero, ra, 0$/, "ret"],
    [/^zero, (\w+), 0$/, "jr\t$1"],
    [/^zero, (\w+), (-?\w+)$/, "jr\t$2($1)"],
    [/^ra, (\w+), 0$/, "jalr\t$1"],
    [/^ra, (\w+), (-?\w+)$/, "jalr\t$2($1)"],
    [/^(\w+), (\w+), (-?\w+)$/, "jalr\t$1, $3($2)"],
  ],
};

export function riscvText({ mnemonic, operands, address }: CapstoneInsn): string {
  const short = mnemonic.startsWith("c.");
  const name = short ? mnemonic.slice(2) : mnemonic;
  const operation = STACK_FORMS[name] ?? name;
  if (operands === "") return operation;
  if (BRANCH.test(name)) return `${operation}\t${toTarget(operands, address)}`;
  const all = decimals(short && TWO_OPERANDS.has(name) ? operands.replace(/^\w+/, "$&, $&") : operands);
  const alias = ALIASES[operation]?.find(([pattern]) => pattern.test(all));
  return alias ? all.replace(...alias) : `${operation}\t${all}`;
}

/** The last operand is the distance of the target. */
function toTarget(operands: string, address: bigint): string {
  const last = operands.lastIndexOf(" ") + 1;
  const distance = operands.slice(last);
  const signed = distance.startsWith("-") ? -BigInt(distance.slice(1)) : BigInt(distance);
  return `${operands.slice(0, last)}0x${BigInt.asUintN(64, address + signed).toString(16)}`;
}
