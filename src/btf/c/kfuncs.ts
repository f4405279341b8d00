/** Functions of the kernel that programs may call (bpftool btf.c:dump_btf_kfuncs). */
import type { TextSink } from "../../bytes/sink.ts";
import { BTF_KIND } from "../kinds.ts";
import type { Definitions } from "./definitions.ts";
import type { RawTypes } from "./raw-types.ts";

const { FUNC, DECL_TAG } = BTF_KIND;

/** Tags of the kernel's build. */
const KFUNC = "bpf_kfunc";
const FAST_CALL = "bpf_fastcall";

const HEADER = `
/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
`;
const TRAILER = `#endif

`;

/** Of a tag: it is about a function as a whole. */
const WHOLE = 0xffff_ffff;

/** Writes what declares them, by name. */
export function writeKfuncs(out: TextSink, types: RawTypes, definitions: Definitions): void {
  const fast = new Set(taggedFunctions(types, FAST_CALL));
  const kfuncs = taggedFunctions(types, KFUNC).map((id) => ({ id, name: types.name(id) }));
  kfuncs.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  definitions.flush();
  out.write(HEADER);
  for (const { id } of kfuncs) definitions.declareKfunc(id, fast.has(id));
  definitions.flush();
  out.write(TRAILER);
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
