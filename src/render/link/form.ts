/** What the parts that only some kinds of links print have in common. */
import type { JsonWriter } from "../../json/writer.ts";
import type { LinkView } from "../../model/views.ts";
import type { LinkDetail } from "../../model/records.ts";
import { ATTACH_TYPES } from "../../uapi/attach-types.ts";
import { nameOrNumber } from "../../uapi/name-table.ts";

export type LinkKind = LinkDetail["kind"];
export type DetailOf<Kind extends LinkKind> = Extract<LinkDetail, { kind: Kind }>;

export interface DetailForm<Kind extends LinkKind> {
  plain(detail: DetailOf<Kind>, view: LinkView): string;
  json(json: JsonWriter, detail: DetailOf<Kind>, view: LinkView): void;
}

export type DetailForms<Kind extends LinkKind> = { readonly [K in Kind]: DetailForm<K> };

export function attachType(type: number): string | number {
  return nameOrNumber(ATTACH_TYPES, type);
}

export function cookiePlain(cookie: bigint): string {
  return cookie === 0n ? "" : `cookie ${cookie}  `;
}
