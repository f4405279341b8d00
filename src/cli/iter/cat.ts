/** `iter cat LINK`: what an iterator prints, as `cat` does of one that is pinned as a file. bpftool has no such command. */
import { unsupportedError } from "../../errors.ts";
import type { Context } from "../context.ts";
import { writeLines, writePieces } from "../pieces.ts";
import { linkSelector } from "../selectors.ts";
import type { Words } from "../words.ts";
import { findIterator } from "./link.ts";

export async function iterCat(words: Words, context: Context): Promise<void> {
  const selector = linkSelector(words);
  words.end();
  const registry = await context.registry();
  const { source } = registry;
  if (!source.iterate) throw unsupportedError("only the running kernel can run an iterator");
  const pieces = source.iterate(findIterator(registry, selector));
  if (context.json) writeLines(pieces, context.json);
  else writePieces(pieces, context.out);
}
