/**
 * `attachments show [PROG | dev NAME | cgroup PATH | func NAME]`: every program with all it is attached to and what keeps it
 * loaded, every hook with its programs. docs/attachments.md has the output.
 */
import { isatty } from "node:tty";
import { unsupportedError } from "../../errors.ts";
import { readAttachments } from "../../model/attachments/read.ts";
import { attachmentsView } from "../../model/attachments/view.ts";
import { attachmentsJson, attachmentsPlain } from "../../render/attachments/show.ts";
import type { Context } from "../context.ts";
import type { Words } from "../words.ts";
import { askedWords, filterOf } from "./filter.ts";

const STDOUT = 1;

export async function attachmentsShow(words: Words, context: Context): Promise<void> {
  const { json, out, err } = context;
  const asked = askedWords(words);
  const registry = await context.registry();
  if (registry.source.kind === "object")
    throw unsupportedError("programs of a file are attached to nothing: the kernel has not loaded them");
  const { attachments, network, problems } = readAttachments(registry);
  const view = attachmentsView(registry, attachments, filterOf(asked, registry, network));
  for (const problem of problems) err.write(`Warning: ${problem}\n`);
  if (json) attachmentsJson(json, view, problems);
  else attachmentsPlain(out, view, terminalWidth());
}

/** undefined where stdout is no terminal: then it is left alone, since looking at it may change how it is written to. */
function terminalWidth(): number | undefined {
  return isatty(STDOUT) ? process.stdout.columns : undefined;
}
