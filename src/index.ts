/**
 * `bpflens`: the objects of a live kernel or a snapshot, with their code and cross references.
 *
 * Names, source lines and paths are byte text, one character for each byte; fromByteText makes ordinary strings
 * of them.
 */
export { fromByteText, toByteText } from "./bytes/text.ts";
export { type ListingRow, listing } from "./code/listing.ts";
export { type ProgramCode, programCode } from "./code/program-code.ts";
export type { SourceLine } from "./code/source-lines.ts";
export { type ErrorCode, InspectError } from "./errors.ts";
export type { Attachment, Hook } from "./model/attachments/hooks.ts";
export { type EverythingAttached, readAttachments } from "./model/attachments/read.ts";
export { type AttachmentFilter, type AttachmentsView, attachmentsView } from "./model/attachments/view.ts";
export type { EntryBatch, MapContents, WalkEnd } from "./model/contents.ts";
export { type MapPlans, type MapTypes, mapTypes, planMap } from "./model/map-plans.ts";
export type * from "./model/records.ts";
export { Registry, type Selector } from "./model/registry.ts";
export type { ObjectSource } from "./model/source.ts";
export {
  type BtfView,
  btfViews,
  type LinkView,
  linkView,
  type MapView,
  mapView,
  type ProgView,
  progView,
} from "./model/views.ts";
export { openSource } from "./sources/open.ts";
export { FOLLOWED, VERSION } from "./version.ts";
