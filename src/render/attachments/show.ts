/** All that is attached: two tables for people, one object in JSON (docs/attachments.md). */
import { hexText } from "../../bytes/hex.ts";
import type { TextSink } from "../../bytes/sink.ts";
import type { JsonWriter } from "../../json/writer.ts";
import { type Attachment, hookKey } from "../../model/attachments/hooks.ts";
import type { Keeper } from "../../model/attachments/keepers.ts";
import type {
  AttachedProgram,
  AttachmentsView,
  HookPrograms,
  ProgramAttachments,
} from "../../model/attachments/view.ts";
import { grouped } from "../../model/grouped.ts";
import { nameOrNumber, typeText } from "../../uapi/name-table.ts";
import { PROG_TYPES } from "../../uapi/prog-types.ts";
import { writeColumns } from "./columns.ts";
import { hookJson, hookText } from "./hooks.ts";
import { keeperJson, keeperText } from "./keepers.ts";

/** `width` is that of the terminal; where there is none, lines may be of any length. */
export function attachmentsPlain(out: TextSink, { programs, hooks }: AttachmentsView, width?: number): void {
  writeColumns(
    out,
    ["prog", "attached to", "kept alive by"],
    programs.map(({ prog, name, attachments, keptAliveBy, orphan }) => [
      [`${prog.id} ${typeText(PROG_TYPES, prog.type)} ${name}`],
      attachedLines(attachments),
      keeperLines(keptAliveBy, orphan),
    ]),
    width,
  );
  if (programs.length === 0 && hooks.length === 0) out.write("nothing is attached\n");
  if (programs.length > 0 && hooks.length > 0) out.write("\n");
  writeColumns(
    out,
    ["hook", "at", "prog", "held by"],
    hooks.map(({ hook, attachments }) => [
      [hookText(hook)],
      attachments.map(placeText),
      attachments.map(({ progId, progName }) => `${progId} ${progName}`),
      attachments.map(holderText),
    ]),
    width,
  );
}

/** One line for each hook: of maps and struct_ops with all places in it. */
function attachedLines(attachments: readonly Attachment[]): string[] {
  return [...grouped(attachments, ({ hook }) => hookKey(hook)).values()].flatMap((same) => {
    const places = same.map(placeText).filter((place) => place !== "");
    return same
      .slice(0, 1)
      .map(({ hook }) => [hookText(hook), places.join(", ")].join(": ").replace(/: $/, ""));
  });
}

/** Where on the hook; "" where the order in which they stand is all that there is. */
function placeText({ slot, member, priority, action }: Attachment): string {
  if (slot !== undefined) return `[${slot}]`;
  if (priority !== undefined) return `prio ${priority}`;
  return member ?? (action ? "action" : "");
}

function holderText({ linkId, perfFds = [] }: AttachedProgram): string {
  if (linkId !== undefined) return `link ${linkId}`;
  return perfFds.map(({ pid, fd }) => `pid ${pid} fd ${fd}`).join(", ");
}

function keeperLines(keepers: readonly Keeper[], orphan: boolean): string[] {
  if (keepers.length === 0) return ["orphan: nothing that can be seen"];
  return keepers.map((keeper) => `${orphan ? "orphan: " : ""}${keeperText(keeper)}`);
}

export function attachmentsJson(
  json: JsonWriter,
  { programs, hooks }: AttachmentsView,
  problems: readonly string[],
): void {
  json.startObject().key("programs").startArray();
  for (const program of programs) programJson(json, program);
  json.endArray().key("hooks").startArray();
  for (const hook of hooks) hookProgramsJson(json, hook);
  json.endArray().stringArrayField("problems", problems).endObject();
}

function programJson(
  json: JsonWriter,
  { prog, name, attachments, keptAliveBy, orphan }: ProgramAttachments,
): void {
  json.startObject().numberField("id", prog.id).nameField("type", nameOrNumber(PROG_TYPES, prog.type));
  if (name !== "") json.stringField("name", name);
  json.stringField("tag", hexText(prog.tag)).key("attached").startArray();
  for (const attachment of attachments) {
    json.startObject().key("hook");
    hookJson(json, attachment.hook);
    placeKeys(json, attachment);
    json.endObject();
  }
  json.endArray().key("kept_alive_by").startArray();
  for (const keeper of keptAliveBy) keeperJson(json, keeper);
  json.endArray().boolField("orphan", orphan).endObject();
}

function hookProgramsJson(json: JsonWriter, { hook, attachments }: HookPrograms): void {
  json.startObject().key("hook");
  hookJson(json, hook);
  json.key("progs").startArray();
  for (const attachment of attachments) {
    json.startObject().numberField("id", attachment.progId);
    if (attachment.progName !== "") json.stringField("name", attachment.progName);
    placeKeys(json, attachment);
    json.endObject();
  }
  json.endArray().endObject();
}

function placeKeys(json: JsonWriter, attachment: Attachment): void {
  const { linkId, perfFds, cookie = 0n, priority, slot, member, action } = attachment;
  if (linkId !== undefined) json.numberField("link_id", linkId);
  if (cookie !== 0n) json.numberField("cookie", cookie);
  if (priority !== undefined) json.numberField("prio", priority);
  if (slot !== undefined) json.numberField("slot", slot);
  if (member !== undefined) json.stringField("member", member);
  if (action) json.boolField("action", true);
  if (!perfFds) return;
  json.key("perf_fds").startArray();
  for (const { pid, fd } of perfFds)
    json.startObject().numberField("pid", pid).numberField("fd", fd).endObject();
  json.endArray();
}
