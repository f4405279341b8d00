/** What `show` and `list` of all objects have in common: one match stands alone, all or several are a list. */
import type { TextSink } from "../bytes/sink.ts";
import type { JsonWriter } from "../json/writer.ts";
import type { Registry } from "../model/registry.ts";
import type { ViewOptions } from "../model/views.ts";
import { writeMatches } from "../render/shared.ts";
import type { Context, Run } from "./context.ts";
import type { Words } from "./words.ts";

interface ShowForm<Item, View> {
  /** Reads a selector and says how to find what it means. */
  select(words: Words): (registry: Registry) => Item[];
  /** What must succeed before a list is begun. */
  prepare?(registry: Registry): void;
  all(registry: Registry): Iterable<Item>;
  views(registry: Registry, items: Item[], options: ViewOptions): View[];
  plain(out: TextSink, view: View): void;
  json(json: JsonWriter, view: View): void;
}

/** No words: all objects. Two: a selector. */
export function showCommand<Item, View>(form: ShowForm<Item, View>): Run {
  return async (words, context) => {
    if (words.left !== 2) words.end();
    const find = words.left === 2 ? form.select(words) : undefined;
    const registry = await context.registry();
    const options = { pins: context.options.bpffs };
    if (find) return write(form, form.views(registry, find(registry), options), context);
    form.prepare?.(registry);
    // What fails from here on is told inside the list.
    context.json?.startArray();
    const views = form.views(registry, [...form.all(registry)], options);
    if (!context.json) return write(form, views, context);
    for (const view of views) form.json(context.json, view);
    context.json.endArray();
  };
}

function write<Item, View>(form: ShowForm<Item, View>, views: readonly View[], { json, out }: Context): void {
  if (json) writeMatches(json, views, (view) => form.json(json, view));
  else for (const view of views) form.plain(out, view);
}
