/** Functions that programs name as their exception callbacks by a tag in the BTF (libbpf libbpf.c:bpf_prog_assign_exc_cb). */
import { BTF_KIND } from "../../btf/kinds.ts";
import { kindOf } from "../../btf/sections.ts";
import { type ObjectFunction, SUBPROG_SECTION } from "./functions.ts";
import type { ObjectFile } from "./object.ts";

const TAG = "exception_callback:";

/** By the name of the program. */
export function exceptionCallbacks(
  object: ObjectFile,
  functions: readonly ObjectFunction[],
): ReadonlyMap<string, ObjectFunction> {
  const tagged = object.attempt([], () => taggedFunctions(object));
  const found = new Map<string, ObjectFunction>();
  if (tagged.length === 0) return found;
  const subprogs = functions.filter(({ global, section }) => global && section.name === SUBPROG_SECTION);
  const byName = new Map(subprogs.map((subprog) => [subprog.name, subprog]));
  for (const [program, callback] of tagged) {
    const target = byName.get(callback);
    if (target) found.set(program, target);
    else
      object.warn(`the exception callback '${callback}' of '${program}' is not among the global functions`);
  }
  return found;
}

function taggedFunctions({ btf }: ObjectFile): [program: string, callback: string][] {
  if (!btf) return [];
  const { words, starts } = btf.sections;
  const found: [string, string][] = [];
  for (let index = 0; index < starts.length - 1; index++) {
    if (kindOf(words[(starts[index] as number) + 1] as number) !== BTF_KIND.DECL_TAG) continue;
    const tag = btf.type(btf.firstId + index);
    if (tag?.kind !== "DECL_TAG" || !tag.name.startsWith(TAG)) continue;
    const of = btf.type(tag.type);
    if (of?.kind === "FUNC") found.push([of.name, tag.name.slice(TAG.length)]);
  }
  return found;
}
