/** The frames of programs in the text of an oops, a stack, a profile. */
import type { PlaceQuery } from "../../code/place-answers.ts";
import { placeQuery } from "./query.ts";

/** More frames are left out. */
export const MAX_FRAMES = 1024;

const FRAME =
  /(?<![\w.$])bpf_prog_[0-9a-f]{16}(?:_[\w.$]*)?(?:\+(?:0x[0-9a-f]+|[0-9]+)(?:\/(?:0x[0-9a-f]+|[0-9]+))?)?/;
/** Registers that an oops prints as a symbol: they hold the address of an instruction, not of the one behind a call. */
const PROGRAM_COUNTER = /\b(?:[re]?ip|nip|e?pc|era|psw)\b[^+]*$/i;
/** So many characters before a frame are looked at for the name of a register. */
const BEFORE = 64;

/** One for each line that has one. `text` is byte text. */
export function framesOf(text: string): { readonly frames: PlaceQuery[]; readonly cut: boolean } {
  const frames: PlaceQuery[] = [];
  for (const [line] of text.matchAll(/[^\n]+/g)) {
    const match = FRAME.exec(line);
    if (!match) continue;
    if (frames.length === MAX_FRAMES) return { frames, cut: true };
    const exact = PROGRAM_COUNTER.test(line.slice(Math.max(0, match.index - BEFORE), match.index));
    frames.push({ ...placeQuery(match[0]), ...(exact && { exact }) });
  }
  return { frames, cut: false };
}
