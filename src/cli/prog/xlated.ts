/** `prog dump xlated`: a listing, or with `visual` a graph in DOT. */
import { listing } from "../../code/listing.ts";
import { listingJson, listingPlain } from "../../render/prog/xlated.ts";
import { loadCode, readCode } from "./code.ts";
import type { CodeDump } from "./dump.ts";

export const xlatedDump: CodeDump = {
  bytes: (registry, prog) => readCode(registry, prog).xlated,
  async write(registry, prog, options, context) {
    const code = await loadCode(registry, prog, { names: options.names, flow: options.visual }, context);
    if (options.visual) {
      const { writeVisual } = await import("../../render/prog/visual.ts");
      writeVisual(context.out, code, options);
    } else if (context.json) listingJson(context.json, listing(code), options);
    else listingPlain(context.out, listing(code), options);
  },
};
