/**
 * `completion [bash | zsh | fish]`: the script that a shell reads when it starts. The script calls
 * `completion words -- WORD... CURRENT` whenever a word is to be completed.
 */
import type { Context } from "../context.ts";
import { matchKeyword, type Words } from "../words.ts";
import { SCRIPTS, SHELLS } from "./scripts.ts";

export async function completion(words: Words, { out, options }: Context): Promise<void> {
  if (words.peek() !== "words") {
    out.write(SCRIPTS[matchKeyword(words.peek() ?? "", SHELLS) ?? "bash"]);
    return;
  }
  words.take();
  const typed: string[] = [];
  while (words.left > 0) typed.push(words.take());
  const { completionLines } = await import("./words.ts");
  for (const line of await completionLines(typed, options.from)) out.write(`${line}\n`);
}
