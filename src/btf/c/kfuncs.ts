/** Functions of the kernel that programs may call (bpftool btf.c:dump_btf_kfuncs). */
import { BTF_KIND } from "../kinds.ts";
import type { Declarations } from "./declare.ts";
import type { Draft } from "./draft.ts";
import type { RawTypes } from "./raw-types.ts";
import { TOKEN } from "./tokens.ts";

const { FUNC, DECL_TAG } = BTF_KIND;

/** Tags of the kernel's build. */
const KFUNC = "bpf_kfunc";
const FAST_CALL = "bpf_fastcall";

/** Of a tag: it is about a function as a whole. */
const WHOLE = 0xffff_ffff;

/** Writes what declares them, by name. */
export function writeKfuncs(draft: Draft, types: RawTypes, declarations: Declarations): void {
  const fast = new Set(taggedFunctions(types, FAST_CALL));
  const kfuncs = taggedFunctions(types, KFUNC).map((id) => ({ id, name: types.name(id) }));
  kfuncs.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  draft.token(TOKEN.kfuncs);
  for (const { id } of kfuncs) {
    draft.begin(id);
    draft.token(TOKEN.extern);
    if (fast.has(id)) draft.token(TOKEN.fastCall);
    declarations.declaration(types.target(id), types.nameOffset(id));
    draft.token(TOKEN.endOfKfunc);
    draft.end();
  }
  draft.token(TOKEN.endOfKfuncs);
  draft.end();
}

/** Ids of functions, one for each tag. */
function taggedFunctions(types: RawTypes, tag: string): number[] {
  const functions: number[] = [];
  const { kinds } = types;
  for (let id = kinds.indexOf(DECL_TAG); id > 0; id = kinds.indexOf(DECL_TAG, id + 1)) {
    if (types.words[types.tail(id)] !== WHOLE) continue;
    const target = types.target(id);
    if (types.kind(target) === FUNC && types.isNamed(id, tag)) functions.push(target);
  }
  return functions;
}
