/** Functions of the kernel that programs may call (bpftool btf.c:dump_btf_kfuncs). */
import type { TextSink } from "../../bytes/sink.ts";
import { BTF_KIND } from "../kinds.ts";
import type { Declarations } from "./declare.ts";
import type { RawTypes } from "./raw-types.ts";

const { FUNC, DECL_TAG } = BTF_KIND;

/** Tags of the kernel's build. */
const KFUNC = "bpf_kfunc";
const FAST_CALL = "bpf_fastcall";

/** Of a tag: it is about a function as a whole. */
const WHOLE = 0xffff_ffff;

/** Writes what declares them, by name. */
export function writeKfuncs(out: TextSink, types: RawTypes, declarations: Declarations): void {
  const fast = new Set(taggedFunctions(types, FAST_CALL));
  const kfuncs = taggedFunctions(types, KFUNC).map((id) => ({ id, name: types.name(id) }));
  kfuncs.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  out.write("\n/* BPF kfuncs */\n#ifndef BPF_NO_KFUNC_PROTOTYPES\n");
  for (const { id, name } of kfuncs) {
    const attribute = fast.has(id) ? "__bpf_fastcall " : "";
    const declaration = declarations.declaration(types.target(id), name);
    out.write(`extern ${attribute}${declaration} __weak __ksym;\n`);
  }
  out.write("#endif\n\n");
}

/** Ids of functions, one for each tag. */
function taggedFunctions(types: RawTypes, tag: string): number[] {
  const functions: number[] = [];
  for (let id = 1; id < types.count; id++) {
    if (types.kind(id) !== DECL_TAG || types.words[types.tail(id)] !== WHOLE) continue;
    const target = types.target(id);
    if (types.kind(target) === FUNC && types.isNamed(id, tag)) functions.push(target);
  }
  return functions;
}
