/** A list of struct_ops maps: what show and dump have in common (bpftool struct_ops.c:do_search, cmd_retval). */
import { InspectError, notFoundError } from "../../errors.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { MapInfo } from "../../model/records.ts";
import type { Registry } from "../../model/registry.ts";
import { isStructOps } from "../../model/struct-ops.ts";
import type { Context } from "../context.ts";
import { type StructOpsSelector, structOpsById } from "./selector.ts";

/**
 * Shows the chosen maps, ids ascending, as elements of an array where there is a document. A map that `show` fails on
 * does not hide the others: it is told in its place, and the command fails at the end.
 */
export function showMaps(
  registry: Registry,
  selector: StructOpsSelector | undefined,
  document: JsonWriter | undefined,
  context: Context,
  show: (map: MapInfo) => void,
): void {
  const only = selector?.by === "id" ? structOpsById(registry, selector.term) : undefined;
  // What fails from here on is told inside the list.
  document?.startArray();
  const maps = only ? [only] : mapsNamed(registry, selector?.term);
  const failures = maps.filter((map) => !shown(map, document, context, show));
  document?.endArray();
  if (failures.length > 0) throw silentFailure();
  if (maps.length > 0 || !selector) return;
  throw context.json ? silentFailure() : notFoundError(`no struct_ops found for ${selector.term}`);
}

function mapsNamed(registry: Registry, name: string | undefined): MapInfo[] {
  return registry.maps().filter((map) => isStructOps(map) && (name === undefined || map.name === name));
}

function shown(
  map: MapInfo,
  document: JsonWriter | undefined,
  { json, out, err }: Context,
  show: (map: MapInfo) => void,
): boolean {
  try {
    show(map);
    return true;
  } catch (error) {
    if (!(error instanceof InspectError)) throw error;
    if (json) document?.startObject().stringField("error", error.message).endObject();
    else {
      out.flush();
      err.write(`Error: ${error.message}\n`);
    }
    return false;
  }
}

/** What failed has been told, or is an empty list. */
function silentFailure(): InspectError {
  return new InspectError("not-found", "", { data: { silent: true } });
}
