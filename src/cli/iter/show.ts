/** `iter show [LINK]`: of the links those that are iterators, each with the name of its program. bpftool has no such command. */
import { iterJson, iterPlain } from "../../render/iter/show.ts";
import { iterView } from "../../model/views.ts";
import { linkSelector } from "../selectors.ts";
import { showCommand } from "../show.ts";
import { findIterator, isIterator } from "./link.ts";

export const iterShow = showCommand({
  select(words) {
    const selector = linkSelector(words);
    return (registry) => [findIterator(registry, selector)];
  },
  all: (registry) => [...registry.source.links()].filter(isIterator),
  views: (registry, links, options) => links.map((link) => iterView(registry, link, options)),
  plain: iterPlain,
  json: iterJson,
});
