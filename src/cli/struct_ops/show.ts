/** `struct_ops show [STRUCT_OPS_MAP]` (bpftool struct_ops.c:do_show). */
import { InspectError } from "../../errors.ts";
import type { MapInfo } from "../../model/records.ts";
import type { Registry } from "../../model/registry.ts";
import { operationsOf, structOpsType } from "../../model/struct-ops.ts";
import { structOpsJson, structOpsPlain } from "../../render/struct_ops/show.ts";
import type { Context } from "../context.ts";
import type { Words } from "../words.ts";
import { showMaps } from "./maps.ts";
import { structOpsSelector } from "./selector.ts";

export async function structOpsShow(words: Words, context: Context): Promise<void> {
  const selector = structOpsSelector(words);
  const registry = await context.registry();
  const { json, out, err } = context;
  const warned = new Set<string>();
  const warn = (problem: string) => {
    if (!warned.has(problem)) err.write(`Warning: ${problem}\n`);
    warned.add(problem);
  };
  showMaps(registry, selector, json, context, (map) => {
    const row = { map, operations: operations(registry, map, warn) };
    if (json) structOpsJson(json, row);
    else structOpsPlain(out, row);
  });
}

/** A map is there whether the types that name its operations are or not. */
function operations(registry: Registry, map: MapInfo, warn: (problem: string) => void): string | undefined {
  try {
    return operationsOf(structOpsType(registry, map));
  } catch (error) {
    if (!(error instanceof InspectError)) throw error;
    warn(error.message);
    return undefined;
  }
}
