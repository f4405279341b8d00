/** `feature list_builtins { prog_types | map_types | attach_types | link_types | helpers }` */
import { BUILTINS, type BuiltinGroup } from "../../render/feature/builtins.ts";
import type { Context } from "../context.ts";
import { usageError } from "../usage.ts";
import { matchKeyword, type Words } from "../words.ts";

/** Further words are ignored, as bpftool does. */
export function featureListBuiltins(words: Words, { json, out }: Context): void {
  const word = words.take();
  const group = matchKeyword(word, Object.keys(BUILTINS) as BuiltinGroup[]);
  if (group === undefined) {
    throw usageError(
      `expected 'prog_types', 'map_types', 'attach_types', 'link_types' or 'helpers', got: ${word}`,
    );
  }
  const names = BUILTINS[group];
  if (!json) return void out.write(names.map((name) => `${name}\n`).join(""));
  json.startArray();
  for (const name of names) json.string(name);
  json.endArray();
}
