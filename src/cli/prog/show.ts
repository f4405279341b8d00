/** `prog show [PROG]` */
import { progView } from "../../model/views.ts";
import { progJson, progPlain } from "../../render/prog/show.ts";
import { progSelector } from "../selectors.ts";
import { showCommand } from "../show.ts";

export const progShow = showCommand({
  select(words) {
    const selector = progSelector(words);
    return (registry) => registry.findProgs(selector);
  },
  // Holders first, as bpftool does: what the kernel told of their descriptors need not be asked again.
  all(registry) {
    registry.source.holders("prog");
    return registry.progs();
  },
  views: (registry, progs, options) => progs.map((prog) => progView(registry, prog, options)),
  plain: progPlain,
  json: progJson,
});
