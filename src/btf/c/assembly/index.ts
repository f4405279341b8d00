/** A BTF as C: ../definitions.ts calls it, once for each instance. */
import { putDeclaration, startDeclarations } from "./declare";
import { defineFrom, startDefinitions } from "./define";
import { begin, end, putToken, startDraft } from "./draft";
import { startLayout } from "./layout";
import { setBudget } from "./limits";
import { startNames } from "./names";
import { startOrder } from "./order";
import { END_OF_KFUNC, EXTERN, FAST_CALL } from "./tokens";
import { allocateTypes, count, nameOffset, targetOf } from "./types";

export { defineFrom } from "./define";
export { flush } from "./draft";
export { referencedStart } from "./order";
export { defineSorted } from "./sorted";
export { bytesStart, kindsStart, startsStart, wordsStart } from "./types";

/** Room for a BTF, which the caller then fills in. */
export function start(types: u32, words: u32, bytes: u32, pointerSize: u32, steps: i64): void {
  allocateTypes(types, words, bytes);
  setBudget(steps);
  startOrder();
  startNames();
  startLayout(pointerSize);
  startDeclarations();
  startDefinitions();
  startDraft(bytes);
}

/** All types, by id. */
export function defineUnsorted(): void {
  for (let id: u32 = 1; id < count; id++) defineFrom(id);
}

/** The declaration of a function of the kernel that programs may call. */
export function declareKfunc(id: u32, fast: bool): void {
  begin(id);
  putToken(EXTERN);
  if (fast) putToken(FAST_CALL);
  putDeclaration(targetOf(id), nameOffset(id), 0, 1);
  putToken(END_OF_KFUNC);
  end();
}
