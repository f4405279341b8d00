/**
 * Lines and keys of programs on cgroups (bpftool cgroup.c:show_bpf_prog). Other than there, lines and objects of programs
 * that are attached to no function of the kernel do not have an empty name of one.
 */
import type { TextSink } from "../../bytes/sink.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { CgroupProgView, CgroupView } from "../../model/cgroup-views.ts";
import { ATTACH_TYPES } from "../../uapi/attach-types.ts";
import { nameOrNumber, typeText } from "../../uapi/name-table.ts";

export interface CgroupOptions {
  /** All programs that run for the cgroup: how they were attached is not told then. */
  readonly effective: boolean;
}

const ID_WIDTH = 8;
const COLUMN_WIDTH = 15;
const INDENT = "    ";

/** By BPF_F_ALLOW_OVERRIDE and BPF_F_ALLOW_MULTI. */
const ATTACH_FLAGS = ["", "override", "multi"];

export function headingPlain(out: TextSink, { effective }: CgroupOptions): void {
  out.write(line("ID", ["AttachType", ...(effective ? [] : ["AttachFlags"]), "Name"]));
}

/** The rows of a cgroup; those of one below the root of a tree are indented. */
export function progsPlain(
  out: TextSink,
  { progs }: CgroupView,
  { effective, indented = false }: CgroupOptions & { readonly indented?: boolean },
): void {
  for (const view of progs) {
    const { attachType, attachFlags, prog, name } = view;
    const columns = [
      typeText(ATTACH_TYPES, attachType),
      ...(effective ? [] : [flagsText(attachFlags)]),
      name,
    ];
    const row = line(String(prog.id), [...columns, ...hookColumn(view)]);
    out.write(`${indented ? INDENT : ""}${row}`);
  }
}

function hookColumn({ prog: { attachBtfObjId, attachBtfId }, attachBtfName }: CgroupProgView): string[] {
  if (attachBtfName !== undefined) return [attachBtfName];
  return attachBtfId === 0 ? [] : [`attach_btf_obj_id=${attachBtfObjId} attach_btf_id=${attachBtfId}`];
}

function line(id: string, columns: readonly string[]): string {
  return `${[id.padEnd(ID_WIDTH), ...columns.map((text) => text.padEnd(COLUMN_WIDTH))].join(" ")}\n`;
}

function flagsText(flags: number): string {
  return ATTACH_FLAGS[flags] ?? `unknown(${flags.toString(16)})`;
}

/** An array of the programs. */
export function progsJson(json: JsonWriter, { progs }: CgroupView, { effective }: CgroupOptions): void {
  json.startArray();
  for (const { attachType, attachFlags, prog, name, attachBtfName } of progs) {
    json.startObject().numberField("id", prog.id);
    json.nameField("attach_type", nameOrNumber(ATTACH_TYPES, attachType));
    if (!effective) json.stringField("attach_flags", flagsText(attachFlags));
    json.stringField("name", name);
    if (attachBtfName !== undefined) json.stringField("attach_btf_name", attachBtfName);
    json.numberField("attach_btf_obj_id", prog.attachBtfObjId);
    json.numberField("attach_btf_id", prog.attachBtfId).endObject();
  }
  json.endArray();
}
