/** `link show [LINK]` */
import { linkView } from "../../model/views.ts";
import { linkJson, linkPlain } from "../../render/link/show.ts";
import { linkSelector } from "../selectors.ts";
import { showCommand } from "../show.ts";

export const linkShow = showCommand({
  select(words) {
    const selector = linkSelector(words);
    return (registry) => [registry.findLink(selector)];
  },
  all: (registry) => registry.source.links(),
  views: (registry, links, options) => links.map((link) => linkView(registry, link, options)),
  plain: linkPlain,
  json: linkJson,
});
