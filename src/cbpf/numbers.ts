/**
 * Programs as decimal numbers: the number of instructions, and four numbers for each, in lines (`tcpdump -ddd`) or
 * between commas (iptables' `--bytecode "4,48 0 0 9,..."`, tc's `bytecode '...'`).
 */
import { FIELD_COUNT, insnOfFields } from "./fields.ts";
import type { ClassicInsn } from "./insn.ts";
import { limitInsns, lineOf } from "./mistakes.ts";

/** What stands between two newlines or commas, without quotes and the blanks around it. */
interface Piece {
  readonly fields: readonly string[];
  readonly offset: number;
}

/** Lone digits are a count, not hex digits, as long as they are few. */
const COUNT = /^[0-9]{1,5}$/;

/** The text begins with a count, and what follows it does not stand alone. */
export function isNumbers(text: string): boolean {
  const [first, second] = pieces(text);
  const [count = "", ...others] = first?.fields ?? [];
  return COUNT.test(count) && others.length === 0 && second?.fields.length !== 1;
}

/** Throws a malformed error that tells the line. */
export function parseNumbers(text: string): { insns: ClassicInsn[]; warnings: string[] } {
  const [first, ...others] = collected(pieces(text));
  const promised = Number(first?.fields[0]);
  const last = others.at(-1);
  const cut = last !== undefined && last.fields.length < FIELD_COUNT ? last : undefined;
  if (cut) others.pop();
  const insns = others.map(({ fields, offset }) => insnOfFields(fields, text, offset));
  const warnings: string[] = [];
  if (cut) {
    const numbers = `${cut.fields.length} of ${FIELD_COUNT} numbers`;
    warnings.push(`line ${lineOf(text, cut.offset)}: the last instruction has ${numbers}, and is left out`);
  }
  if (promised !== insns.length) {
    warnings.push(`the text promises ${promised} instructions, and has ${insns.length}`);
  }
  return { insns, warnings };
}

/** The count, and not more than there can be instructions. */
function collected(source: Iterable<Piece>): Piece[] {
  const list: Piece[] = [];
  for (const piece of source) {
    list.push(piece);
    limitInsns(list.length - 1);
  }
  return list;
}

function* pieces(text: string): Generator<Piece> {
  for (const { 0: piece, index } of text.matchAll(/[^\n,]+/g)) {
    const fields = piece.match(/[^\s"']+/g);
    if (fields) yield { fields, offset: index };
  }
}
