/** `cgroup show PATH [effective]` (bpftool cgroup.c:do_show). A cgroup without programs is an empty list. */
import { cgroupViewer } from "../../model/cgroup-views.ts";
import { headingPlain, progsJson, progsPlain } from "../../render/cgroup/show.ts";
import type { Context } from "../context.ts";
import { usageError } from "../usage.ts";
import type { Words } from "../words.ts";
import { cgroupsOf, effectiveWord } from "./words.ts";

export async function cgroupShow(words: Words, context: Context): Promise<void> {
  const { json, out, command } = context;
  if (words.left === 0) throw usageError(`'${command.at(-1)}' needs at least 1 arguments, 0 found`);
  const path = words.take();
  const effective = effectiveWord(words);
  const registry = await context.registry();
  const view = cgroupViewer(registry)(cgroupsOf(registry).read(path, effective));
  if (json) return progsJson(json, view, { effective });
  if (view.progs.length === 0) return;
  headingPlain(out, { effective });
  progsPlain(out, view, { effective });
}
