/** Lines and keys of a link (bpftool link.c). */
import type { TextSink } from "../../bytes/sink.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { LinkView } from "../../model/views.ts";
import { LINK_TYPE, LINK_TYPES } from "../../uapi/link-types.ts";
import { nameOrNumber, typeText } from "../../uapi/name-table.ts";
import { holdersJson, holdersPlain, pinsJson, pinsPlain } from "../shared.ts";
import { LINK_DETAILS } from "./details.ts";
import type { DetailForm, DetailOf, LinkKind } from "./form.ts";

/** The form of a detail; the table has one for each kind, which the type system cannot follow through a union. */
function formOf<Kind extends LinkKind>(detail: DetailOf<Kind>): DetailForm<Kind> {
  return LINK_DETAILS[detail.kind as Kind] as DetailForm<Kind>;
}

/** `more` stands behind what only some kinds have. */
export function linkPlain(out: TextSink, view: LinkView, more = ""): void {
  const { link, pins, holders } = view;
  const { detail } = link;
  const target = detail.kind === "struct_ops" ? `map ${detail.mapId}` : `prog ${link.progId}`;
  const head = `${link.id}: ${typeText(LINK_TYPES, link.type)}  ${target}  `;
  const cookie = heldCookie(view);
  const held = `${cookie === undefined ? "" : `\n\tbpf_cookie ${cookie}`}${holdersPlain(holders)}`;
  out.write(`${head}${formOf(detail).plain(detail, view)}${more}${pinsPlain(pins)}${held}\n`);
}

/** `more` writes keys behind those that only some kinds have. */
export function linkJson(json: JsonWriter, view: LinkView, more = () => {}): void {
  const { link, pins, holders } = view;
  json.startObject().numberField("id", link.id);
  json.nameField("type", nameOrNumber(LINK_TYPES, link.type)).numberField("prog_id", link.progId);
  formOf(link.detail).json(json, link.detail, view);
  more();
  pinsJson(json, pins);
  const cookie = heldCookie(view);
  if (cookie !== undefined) json.numberField("bpf_cookie", cookie);
  holdersJson(json, holders);
  json.endObject();
}

/** The cookie of a perf event's link stands with its processes once more: bpftool's iterator tells both (pids.c). */
function heldCookie({ link: { type, detail }, holders }: LinkView): bigint | undefined {
  if (type !== LINK_TYPE.perf_event || holders.length === 0) return undefined;
  return "cookie" in detail ? detail.cookie : undefined;
}
