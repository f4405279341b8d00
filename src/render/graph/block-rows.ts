/**
 * The instructions of a block with all that is told about them. Unlike a listing, a block shows a source line again
 * that the block before it has shown (bpftool xlated_dumper.c:dump_xlated_for_graph).
 */
import type { FuncInfo, LineInfo } from "../../btf/ext-info.ts";
import { signature } from "../../btf/signature.ts";
import type { FunctionRange } from "../../cfg/functions.ts";
import type { ProgramCode } from "../../code/program-code.ts";
import { lineAt, type SourceLine, sourceLine } from "../../code/source-lines.ts";
import { disasm } from "../../insn/disasm.ts";
import type { Insn } from "../../insn/insn.ts";

export interface BlockRow {
  /** In slots of the program. */
  readonly pc: number;
  readonly insn: Insn;
  /** The bytes of all slots. */
  readonly bytes: Uint8Array;
  readonly text: string;
  /** What is told behind the text. */
  readonly note?: string;
  /** C-like signature, on the first instruction of a function. */
  readonly proto?: string;
  /** On the first instruction of a block, and where it differs from the one before; its text is not empty. */
  readonly source?: SourceLine & { readonly text: string };
}

/** Slots of the program. */
interface Slots {
  readonly start: number;
  readonly end: number;
}

export type BlockRows = (func: FunctionRange, block: Slots) => Generator<BlockRow>;

/** Reads the rows of any block of the program. */
export function blockRows(code: ProgramCode): BlockRows {
  const { insns, symbols, notes } = code;
  const funcs = new Map(code.funcs.map((func) => [func.insnOff, func]));
  return function* (func, block) {
    let previous: LineInfo | undefined;
    for (const { pc, insn, slots } of insns.instructions(block.start, block.end)) {
      const line = lineAt(code.lines, pc);
      const own = line && line.insnOff >= func.start ? line : undefined;
      const source = own === previous ? undefined : sourceOf(code, own);
      previous = own;
      const proto = protoOf(code, funcs.get(pc));
      const note = notes.get(pc);
      yield {
        pc,
        insn,
        bytes: insns.slice(pc, slots),
        text: disasm(insn, slots === 2 ? insns.at(pc + 1) : undefined, pc, symbols),
        ...(note !== undefined && { note }),
        ...(proto && { proto }),
        ...(source && { source }),
      };
    }
  };
}

/** The signature of the function that begins at a func_info record; undefined or "" without. */
export function protoOf({ btf }: ProgramCode, func: FuncInfo | undefined): string | undefined {
  return func && btf && signature(btf, func.typeId);
}

function sourceOf({ btf }: ProgramCode, line: LineInfo | undefined): BlockRow["source"] {
  const source = line && btf ? sourceLine(btf, line) : undefined;
  return source?.text ? { ...source, text: source.text } : undefined;
}
