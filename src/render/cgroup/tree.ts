/** Cgroups with the programs on them, one below the other (bpftool cgroup.c:do_show_tree_fn). */
import type { TextSink } from "../../bytes/sink.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { CgroupView } from "../../model/cgroup-views.ts";
import { type CgroupOptions, headingPlain, progsJson, progsPlain } from "./show.ts";

export function treeHeadingPlain(out: TextSink, options: CgroupOptions): void {
  out.write("CgroupPath\n");
  headingPlain(out, options);
}

export function treeNodePlain(
  out: TextSink,
  view: CgroupView,
  options: CgroupOptions & { readonly isRoot: boolean },
): void {
  out.write(`${view.path}\n`);
  progsPlain(out, view, { effective: options.effective, indented: !options.isRoot });
}

export function treeNodeJson(json: JsonWriter, view: CgroupView, options: CgroupOptions): void {
  json.startObject().stringField("cgroup", view.path).key("programs");
  progsJson(json, view, options);
  json.endObject();
}
