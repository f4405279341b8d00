/**
 * `cgroup tree [ROOT] [effective]` (bpftool cgroup.c:do_show_tree). Other than there, it goes on behind a cgroup that cannot
 * be read, and `effective` may stand alone: a folder of that name is `./effective`.
 */
import { notFoundError } from "../../errors.ts";
import { folderPath } from "../../model/cgroup-records.ts";
import { cgroupViewer } from "../../model/cgroup-views.ts";
import { treeHeadingPlain, treeNodeJson, treeNodePlain } from "../../render/cgroup/tree.ts";
import type { Context } from "../context.ts";
import type { Words } from "../words.ts";
import { cgroupsOf, effectiveWord } from "./words.ts";

export async function cgroupTree(words: Words, context: Context): Promise<void> {
  const { json, out, err } = context;
  const given = words.left === 0 || words.peek() === "effective" ? undefined : words.take();
  const effective = effectiveWord(words);
  const registry = await context.registry();
  const cgroups = cgroupsOf(registry);
  const root = given ?? cgroups.mount();
  if (root === undefined) throw notFoundError("cgroup v2 isn't mounted");
  const viewOf = cgroupViewer(registry);
  if (json) json.startArray();
  else treeHeadingPlain(out, { effective });
  for (const cgroup of cgroups.walk(root, effective)) {
    if ("error" in cgroup) {
      err.write(`Warning: ${cgroup.error.message}\n`);
      continue;
    }
    if (cgroup.progs.length === 0) continue;
    const view = viewOf(cgroup);
    if (json) treeNodeJson(json, view, { effective });
    else treeNodePlain(out, view, { effective, isRoot: view.path === folderPath(root) });
  }
  json?.endArray();
}
