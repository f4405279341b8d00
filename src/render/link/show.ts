/** Lines and keys of a link (bpftool link.c). */
import type { TextSink } from "../../bytes/sink.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { LinkDetail } from "../../model/records.ts";
import type { LinkView } from "../../model/views.ts";
import { LINK_TYPES } from "../../uapi/link-types.ts";
import { nameOrNumber, typeText } from "../../uapi/name-table.ts";
import { holdersJson, holdersPlain, pinsJson, pinsPlain } from "../shared.ts";
import { type DetailForm, LINK_DETAILS } from "./details.ts";

/** The form of a detail; the table has one for each kind, which the type system cannot follow through a union. */
function formOf<Kind extends LinkDetail["kind"]>(
  detail: Extract<LinkDetail, { kind: Kind }>,
): DetailForm<Kind> {
  return LINK_DETAILS[detail.kind as Kind] as DetailForm<Kind>;
}

export function linkPlain(out: TextSink, view: LinkView): void {
  const { link, pins, holders } = view;
  const { detail } = link;
  const target = detail.kind === "struct_ops" ? `map ${detail.mapId}` : `prog ${link.progId}`;
  const head = `${link.id}: ${typeText(LINK_TYPES, link.type)}  ${target}  `;
  out.write(`${head}${formOf(detail).plain(detail, view)}${pinsPlain(pins)}${holdersPlain(holders)}\n`);
}

export function linkJson(json: JsonWriter, view: LinkView): void {
  const { link, pins, holders } = view;
  json.startObject().numberField("id", link.id);
  json.nameField("type", nameOrNumber(LINK_TYPES, link.type)).numberField("prog_id", link.progId);
  formOf(link.detail).json(json, link.detail, view);
  pinsJson(json, pins);
  holdersJson(json, holders);
  json.endObject();
}
