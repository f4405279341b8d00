/** `struct_ops dump [STRUCT_OPS_MAP]` (bpftool struct_ops.c:do_dump). */
import { errnoOf } from "../../errors.ts";
import { JsonWriter } from "../../json/writer.ts";
import type { Registry } from "../../model/registry.ts";
import { kernelTypes, structOpsValue } from "../../model/struct-ops.ts";
import { structOpsDump as writeDump } from "../../render/struct_ops/dump.ts";
import { EPERM } from "../../uapi/errno.ts";
import type { Context } from "../context.ts";
import type { Words } from "../words.ts";
import { showMaps } from "./maps.ts";
import { type StructOpsSelector, structOpsSelector } from "./selector.ts";

/** A document in plain text, too. */
export async function structOpsDump(words: Words, context: Context): Promise<void> {
  const selector = structOpsSelector(words);
  const registry = await context.registry();
  const { json, out, err } = context;
  if (registry.source.kind === "object")
    err.write("Warning: an object file has no types of the kernel: values are of the file's own types\n");
  else checkTypes(registry);
  if (json) return dumpMaps(registry, selector, json, context);
  const document = new JsonWriter(out, { pretty: true });
  try {
    dumpMaps(registry, selector, document, context);
  } finally {
    document.closeAll(); // an error is told on stderr, beside a document that is valid
    out.write("\n");
  }
}

function checkTypes(registry: Registry): void {
  try {
    kernelTypes(registry);
  } catch (error) {
    // Who may not read types may not walk over maps either, and that is what bpftool tells.
    if (errnoOf(error) !== EPERM) throw error;
  }
}

function dumpMaps(
  registry: Registry,
  selector: StructOpsSelector | undefined,
  document: JsonWriter,
  context: Context,
): void {
  const plain = context.json === undefined;
  showMaps(registry, selector, document, context, (map) =>
    writeDump(document, structOpsValue(registry, map), { plain }),
  );
}
