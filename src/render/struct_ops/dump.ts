/** The value of a struct_ops map, and what the kernel tells of the map (bpftool struct_ops.c:__do_dump). */
import type { Btf } from "../../btf/btf.ts";
import { signature } from "../../btf/signature.ts";
import { writeValue } from "../../btf/value-json.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { StructOpsValue } from "../../model/struct-ops.ts";
import { mapInfoJson } from "./map-info.ts";

const MAX_PROG_ID = 0xffff_ffff;
const UNKNOWN_PROG = "<unknown_prog_name>";

/** Two elements of an open array. In plain text the same, with pointers and bit fields as they are printed there. */
export function structOpsDump(
  json: JsonWriter,
  value: StructOpsValue,
  { plain }: { readonly plain: boolean },
): void {
  const { map, infoPlan, type, plan, bytes } = value;
  json.startObject().key("bpf_map_info");
  mapInfoJson(json, map, infoPlan, { plain });
  json.endObject();
  json.startObject().key(type.name);
  writeValue(json, plan, bytes, 0, { plain, functionText: functionText(type.btf, value) });
  json.endObject();
}

/** `u32 (struct sock *) sa_ssthresh/prog_id:2204`: the id of a program stands where C has a pointer to a function. */
function functionText(btf: Btf, { progName }: Pick<StructOpsValue, "progName">) {
  return (proto: number, value: number | bigint): string | undefined => {
    if (value > MAX_PROG_ID) return undefined;
    const type = signature(btf, proto);
    if (type === undefined) return undefined;
    const id = Number(value);
    return `${type} ${id === 0 ? "0" : `${progName(id) ?? UNKNOWN_PROG}/prog_id:${id}`}`;
  };
}
