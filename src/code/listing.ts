/**
 * A listing as rows: what plain text and JSON print alike, instruction by instruction
 * (bpftool xlated_dumper.c:dump_xlated_plain, dump_xlated_json).
 */
import { signature } from "../btf/signature.ts";
import { disasm } from "../insn/disasm.ts";
import type { Insn } from "../insn/insn.ts";
import type { ProgramCode } from "./program-code.ts";
import { LineCursor, type SourceLine, sourceLine } from "./source-lines.ts";

export interface ListingRow {
  /** In slots. */
  readonly pc: number;
  readonly insn: Insn;
  /** Second slot of a 64-bit immediate load. */
  readonly next: Insn | undefined;
  /** The bytes of all slots. */
  readonly bytes: Uint8Array;
  readonly text: string;
  /** C-like signature, on the first instruction of a function. */
  readonly proto?: string;
  readonly source?: SourceLine;
  /** What is told behind the text. */
  readonly note?: string;
}

export function* listing({ insns, symbols, btf, funcs, lines, notes }: ProgramCode): Generator<ListingRow> {
  const cursor = new LineCursor(lines);
  let nextFunc = 0;
  for (const { pc, insn, slots } of insns.instructions()) {
    const next = slots === 2 ? insns.at(pc + 1) : undefined;
    const func = funcs[nextFunc]?.insnOff === pc ? funcs[nextFunc++] : undefined;
    const proto = func && btf ? signature(btf, func.typeId) : undefined;
    const line = cursor.at(pc);
    const note = notes.get(pc);
    yield {
      pc,
      insn,
      next,
      bytes: insns.slice(pc, slots),
      text: disasm(insn, next, pc, symbols),
      ...(proto !== undefined && { proto }),
      ...(line && btf && { source: sourceLine(btf, line) }),
      ...(note !== undefined && { note }),
    };
  }
}
