/** STRUCT_OPS_MAP on the command line: `id 7`, `name cc` (bpftool struct_ops.c:do_work_on_struct_ops, do_one_id). */
import { errnoOf, InspectError, notFoundError, syscallError, usageError } from "../../errors.ts";
import type { MapRecord } from "../../model/records.ts";
import type { Registry } from "../../model/registry.ts";
import { isStructOps } from "../../model/struct-ops.ts";
import { helpError } from "../usage.ts";
import { matchKeyword, parseId, type Words } from "../words.ts";

export interface StructOpsSelector {
  readonly by: "id" | "name";
  readonly term: string;
}

/** undefined where nothing is chosen: all maps. */
export function structOpsSelector(words: Words): StructOpsSelector | undefined {
  if (words.left === 0) return undefined;
  if (words.left !== 2) throw helpError();
  const by = matchKeyword(words.take(), ["id", "name"]);
  if (by === undefined) throw helpError();
  return { by, term: words.take() };
}

/** The map of an id; it must be there, and of struct_ops. */
export function structOpsById(registry: Registry, term: string): MapRecord {
  const id = parseWideId(term);
  if (id === undefined || id === 0) throw usageError(`invalid id ${term}`);
  const map = readMap(registry, id);
  if (!isStructOps(map)) throw notFoundError(`${map.name} id ${id} is not a struct_ops map`);
  return map;
}

/** Unlike other ids, this one may not be larger than 32 bits. */
function parseWideId(term: string): number | undefined {
  const id = parseId(term);
  const digits = /^[ \t\n\v\f\r]*\+?(0[xX][0-9a-fA-F]+|[0-9]+)$/.exec(term)?.[1];
  if (id === undefined || digits === undefined) return undefined;
  const value = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits}`) : BigInt(digits);
  return value === BigInt(id) ? id : undefined;
}

function readMap(registry: Registry, id: number): MapRecord {
  try {
    return registry.source.map(id);
  } catch (error) {
    const errno = errnoOf(error);
    if (!(error instanceof InspectError) || errno === undefined) throw error;
    throw syscallError(`can't get map by id (${id})`, errno);
  }
}
