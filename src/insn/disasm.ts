/**
 * The text of one instruction, as the kernel's log and bpftool print it (kernel/bpf/disasm.c:print_bpf_insn).
 * One function for each class. An opcode that means nothing is printed, never thrown.
 */
import { hexByte } from "../bytes/hex.ts";
import type { Insn } from "./insn.ts";
import {
  ALU_OP,
  ALU_TEXT,
  ATOMIC_IMM,
  ATOMIC_OP,
  CLASS,
  CODE,
  classOf,
  IMM64_KIND,
  JMP_OP,
  JMP_TEXT,
  MODE,
  modeOf,
  opOf,
  SIGNED_SIZE_TEXT,
  SIZE_TEXT,
  SRC_X,
  sizeOf,
} from "./opcodes.ts";

/** How the names in an instruction are found: the seam to kallsyms, BTF and the registry. */
export interface InsnSymbols {
  /** What stands after `call `. */
  callTarget(insn: Insn, pc: number): string;
  /** What a 64-bit immediate load loads, where it has a name; else its numbers are printed. */
  imm64?(insn: Insn, pc: number): string | undefined;
}

/**
 * `(61) r1 = *(u32 *)(r2 +0)`.
 * `next` is the second slot of a 64-bit immediate load; where it is missing its immediate counts as 0.
 */
export function disasm(insn: Insn, next: Insn | undefined, pc: number, symbols: InsnSymbols): string {
  const cls = classOf(insn.code);
  const text =
    cls === CLASS.ALU || cls === CLASS.ALU64
      ? alu(insn)
      : cls === CLASS.STX
        ? stx(insn)
        : cls === CLASS.ST
          ? st(insn)
          : cls === CLASS.LDX
            ? ldx(insn)
            : cls === CLASS.LD
              ? ld(insn, next, pc, symbols)
              : jump(insn, pc, symbols);
  return text === undefined
    ? `BUG_${BUG_PREFIX[cls]}${hexByte(insn.code)}`
    : `(${hexByte(insn.code)}) ${text}`;
}

/** Opcodes without meaning print as BUG_ and these words. ALU and JMP classes have a text for every operation. */
const BUG_PREFIX: readonly string[] = ["ld_", "ldx_", "st_", "", "", "", "", ""];

/** `%+d`. */
export function signed(value: number): string {
  return value < 0 ? `${value}` : `+${value}`;
}

function alu({ code, dst, src, off, imm }: Insn): string {
  const op = opOf(code);
  const wide = classOf(code) === CLASS.ALU64;
  const reg = wide ? "r" : "w";
  if (op === ALU_OP.END) {
    const order = wide ? "bswap" : code & SRC_X ? "be" : "le";
    return `r${dst} = ${order}${imm} r${dst}`;
  }
  if (op === ALU_OP.NEG) return `${reg}${dst} = -${reg}${dst}`;
  if (code === CODE.MOV64_X && off === 1)
    return `r${dst} = addr_space_cast(r${src}, ${imm >>> 16}, ${imm & 0xffff})`;
  if (code === CODE.MOV64_X && off === -1) return `r${dst} = &(void __percpu *)(r${src})`;
  const signedOp = (op === ALU_OP.DIV || op === ALU_OP.MOD) && off === 1;
  const text = `${signedOp ? "s" : ""}${ALU_TEXT[op >> 4]}`;
  if (!(code & SRC_X)) return `${reg}${dst} ${text} ${imm}`;
  const cast = op === ALU_OP.MOV && (off === 8 || off === 16 || off === 32) ? `(s${off})` : "";
  return `${reg}${dst} ${text} ${cast}${reg}${src}`;
}

function stx({ code, dst, src, off, imm }: Insn): string | undefined {
  const size = SIZE_TEXT[sizeOf(code)];
  const target = `(${size} *)(r${dst} ${signed(off)})`;
  if (modeOf(code) === MODE.MEM) return `*${target} = r${src}`;
  if (modeOf(code) !== MODE.ATOMIC) return undefined;
  const call = size === "u64" ? "atomic64" : "atomic";
  if (imm === ATOMIC_IMM.CMPXCHG) return `r0 = ${call}_cmpxchg(${target}, r0, r${src})`;
  if (imm === ATOMIC_IMM.XCHG) return `r${src} = ${call}_xchg(${target}, r${src})`;
  if (imm === ATOMIC_IMM.LOAD_ACQ) return `r${dst} = load_acquire((${size} *)(r${src} ${signed(off)}))`;
  if (imm === ATOMIC_IMM.STORE_REL) return `store_release(${target}, r${src})`;
  const op = ATOMIC_OP[imm & ~ATOMIC_IMM.FETCH];
  if (op === undefined) return undefined;
  if (imm & ATOMIC_IMM.FETCH) return `r${src} = ${call}_fetch_${op.name}(${target}, r${src})`;
  return `lock *${target} ${op.text} r${src}`;
}

function st({ code, dst, off, imm }: Insn): string | undefined {
  if (modeOf(code) === MODE.MEM) return `*(${SIZE_TEXT[sizeOf(code)]} *)(r${dst} ${signed(off)}) = ${imm}`;
  return modeOf(code) === MODE.ATOMIC ? "nospec" : undefined;
}

function ldx({ code, dst, src, off }: Insn): string | undefined {
  const mode = modeOf(code);
  if (mode !== MODE.MEM && mode !== MODE.MEMSX) return undefined;
  const size = (mode === MODE.MEM ? SIZE_TEXT : SIGNED_SIZE_TEXT)[sizeOf(code)];
  return `r${dst} = *(${size} *)(r${src} ${signed(off)})`;
}

function ld(insn: Insn, next: Insn | undefined, pc: number, symbols: InsnSymbols): string | undefined {
  const { code, dst, src, imm } = insn;
  const size = SIZE_TEXT[sizeOf(code)];
  if (modeOf(code) === MODE.ABS) return `r0 = *(${size} *)skb[${imm}]`;
  if (modeOf(code) === MODE.IND) return `r0 = *(${size} *)skb[r${src} + ${imm}]`;
  if (modeOf(code) !== MODE.IMM || size !== "u64") return undefined;
  return `r${dst} = ${symbols.imm64?.(insn, pc) ?? imm64(src, imm, next?.imm ?? 0)}`;
}

function imm64(src: number, low: number, high: number): string {
  switch (src) {
    case IMM64_KIND.MAP_FD:
      return `map[id:${low}]`;
    case IMM64_KIND.MAP_VALUE:
      return `map[id:${low}][0]+${high}`;
    case IMM64_KIND.MAP_IDX_VALUE:
      return `map[idx:${low}]+${high}`;
    case IMM64_KIND.FUNC:
      return `subprog[${signed(low)}]`;
    default:
      return `0x${((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString(16)}`;
  }
}

function jump(insn: Insn, pc: number, symbols: InsnSymbols): string {
  const { code, dst, src, off, imm } = insn;
  const op = opOf(code);
  if (op === JMP_OP.CALL) return `call ${symbols.callTarget(insn, pc)}`;
  switch (code) {
    case CODE.GOTO:
      return `goto pc${signed(off)}`;
    case CODE.GOTOX:
      return `gotox r${dst}`;
    case CODE.GOTOL:
      return `gotol pc${signed(imm)}`;
    case CODE.EXIT:
      return "exit";
  }
  if (code === CODE.MAY_GOTO && src === 0) return `may_goto pc${signed(off)}`;
  const reg = classOf(code) === CLASS.JMP ? "r" : "w";
  const operand = code & SRC_X ? `${reg}${src}` : `0x${(imm >>> 0).toString(16)}`;
  return `if ${reg}${dst} ${JMP_TEXT[op >> 4]} ${operand} goto pc${signed(off)}`;
}
