/** How each kind of hook is told: in a few words, and as keys of a JSON object (docs/attachments.md). */
import type { JsonWriter } from "../../json/writer.ts";
import type { Hook, HookDevice, HookKind, HookOf } from "../../model/attachments/hooks.ts";
import type { NetnsRecord } from "../../model/net-records.ts";
import { ATTACH_TYPES } from "../../uapi/attach-types.ts";
import { LINK_TYPES } from "../../uapi/link-types.ts";
import { MAP_TYPES } from "../../uapi/map-types.ts";
import { nameOrNumber, typeText } from "../../uapi/name-table.ts";
import { PERF_EVENT_TYPES, perfConfigName } from "../../uapi/perf-events.ts";
import { PROG_TYPE } from "../../uapi/prog-types.ts";
import { iterForm } from "../link/iter.ts";
import { netfilterHook } from "../link/netfilter.ts";
import { xdpModeName } from "../net/attachments.ts";

interface HookForm<Kind extends HookKind> {
  text(hook: HookOf<Kind>): string;
  /** Keys behind `kind`. */
  json(json: JsonWriter, hook: HookOf<Kind>): void;
}

type HookForms = { readonly [Kind in HookKind]: HookForm<Kind> };

/** So many functions of one link are told in words. */
const MAX_NAMED = 3;

function attachTypeKey(json: JsonWriter, attachType: number): void {
  json.nameField("attach_type", nameOrNumber(ATTACH_TYPES, attachType));
}

/** `eth0(2)`, of another namespace than the own `eth0(2) netns blue` */
function deviceText({ ifindex, ifname, netns }: HookDevice): string {
  if (ifindex === 0) return "(detached)";
  const name = ifname === undefined ? `ifindex ${ifindex}` : `${ifname}(${ifindex})`;
  return `${name}${netns && !netns.own ? ` netns ${netnsText(netns)}` : ""}`;
}

function netnsText({ ino, names: [name] }: NetnsRecord): string {
  return name ?? String(ino);
}

function deviceKeys(json: JsonWriter, { ifindex, ifname, netns }: HookDevice): void {
  if (ifname !== undefined) json.stringField("devname", ifname);
  json.numberField("ifindex", ifindex);
  if (netns) netnsKeys(json, netns);
}

function netnsKeys(json: JsonWriter, { ino, own, names }: NetnsRecord): void {
  json.key("netns").startObject().numberField("ino", ino).boolField("own", own);
  json.stringArrayField("names", names).endObject();
}

/** `tcx/ingress`, as `net show` has it. */
function netHookName(attachType: number): string {
  return typeText(ATTACH_TYPES, attachType).replace("_", "/");
}

function mapText({ mapId, mapName }: { readonly mapId: number; readonly mapName?: string }): string {
  return `map ${mapId}${mapName ? ` ${mapName}` : ""}`;
}

function mapKeys(
  json: JsonWriter,
  { mapId, mapName }: { readonly mapId: number; readonly mapName?: string },
): void {
  json.numberField("map_id", mapId);
  if (mapName) json.stringField("map_name", mapName);
}

const plusOffset = (offset: bigint) => (offset === 0n ? "" : `+0x${offset.toString(16)}`);

function several(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return `${names.slice(0, MAX_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const FUNC = "(unknown function)";

type Tracepoint = HookOf<"tracepoint" | "raw_tracepoint">;

const tracepoint = {
  text: ({ kind, name }: Tracepoint) => `${kind} ${name}`,
  json: (json: JsonWriter, { name }: Tracepoint) => void json.stringField("tracepoint", name),
};

const FORMS: HookForms = {
  xdp: {
    text: ({ device, mode }) =>
      `${deviceText(device)} xdp${mode === undefined ? "" : ` ${xdpModeName(mode) ?? mode}`}`,
    json(json, { device, mode }) {
      deviceKeys(json, device);
      if (mode !== undefined) json.nameField("mode", xdpModeName(mode) ?? mode);
    },
  },
  mprog: {
    text: ({ device, attachType }) => `${deviceText(device)} ${netHookName(attachType)}`,
    json(json, { device, attachType }) {
      deviceKeys(json, device);
      attachTypeKey(json, attachType);
    },
  },
  tc: {
    text: ({ device, place }) => `${deviceText(device)} tc ${place}`,
    json(json, { device, place }) {
      deviceKeys(json, device);
      json.stringField("place", place);
    },
  },
  netns: {
    text: ({ ino, netns, attachType }) =>
      `netns ${netns ? netnsText(netns) : ino} ${typeText(ATTACH_TYPES, attachType)}`,
    json(json, { ino, netns, attachType }) {
      if (netns) netnsKeys(json, netns);
      else json.key("netns").startObject().numberField("ino", ino).endObject();
      attachTypeKey(json, attachType);
    },
  },
  netfilter: {
    text: (hook) => `netfilter ${netfilterHook(hook)}`,
    json: (json, { pf, hook }) => void json.numberField("pf", pf).numberField("hook", hook),
  },
  cgroup: {
    text: ({ cgroupId, path, attachType }) =>
      `cgroup ${path ?? `id ${cgroupId}`} ${typeText(ATTACH_TYPES, attachType)}`,
    json(json, { cgroupId, path, attachType }) {
      json.numberField("cgroup_id", cgroupId);
      if (path !== undefined) json.stringField("cgroup", path);
      attachTypeKey(json, attachType);
    },
  },
  kprobe: {
    text: ({ retprobe, func, addr, offset }) =>
      `${retprobe ? "kretprobe" : "kprobe"} ${func || `0x${addr.toString(16)}`}${plusOffset(offset)}`,
    json(json, { retprobe, func, addr, offset }) {
      json.boolField("retprobe", retprobe);
      if (func !== "") json.stringField("func", func);
      json.numberField("addr", addr).numberField("offset", offset);
    },
  },
  kprobe_multi: {
    text: ({ retprobe, funcs }) =>
      `${retprobe ? "kretprobe" : "kprobe"}.multi ${several(
        funcs.map(({ func, addr }) => func ?? `0x${addr.toString(16)}`),
      )}`,
    json(json, { retprobe, funcs }) {
      json.boolField("retprobe", retprobe).key("funcs").startArray();
      for (const { addr, func, module, cookie } of funcs) {
        json.startObject();
        if (func !== undefined) json.stringField("func", func);
        if (module !== undefined) json.stringField("module", module);
        json.numberField("addr", addr).numberField("cookie", cookie).endObject();
      }
      json.endArray();
    },
  },
  uprobe: {
    text: ({ retprobe, path, offset }) => `${retprobe ? "uretprobe" : "uprobe"} ${path}${plusOffset(offset)}`,
    json: (json, { retprobe, path, offset }) =>
      void json.boolField("retprobe", retprobe).stringField("path", path).numberField("offset", offset),
  },
  uprobe_multi: {
    text: ({ retprobe, path, offsets, pid }) =>
      `${retprobe ? "uretprobe" : "uprobe"}.multi ${path} ${several(
        offsets.map((offset) => `+0x${offset.toString(16)}`),
      )}${pid === 0 ? "" : ` pid ${pid}`}`,
    json(json, { retprobe, path, offsets, pid }) {
      json.boolField("retprobe", retprobe).stringField("path", path).key("offsets").startArray();
      for (const offset of offsets) json.number(offset);
      json.endArray();
      if (pid !== 0) json.numberField("pid", pid);
    },
  },
  tracepoint,
  raw_tracepoint: tracepoint,
  perf_event: {
    text: ({ type, config }) =>
      `perf_event ${PERF_EVENT_TYPES[type] ?? type}:${perfConfigName(type, config) ?? config}`,
    json(json, { type, config }) {
      json.nameField("event_type", nameOrNumber(PERF_EVENT_TYPES, type));
      const name = perfConfigName(type, config);
      if (name === undefined) json.numberField("event_config", config);
      else json.stringField("event_config", name);
    },
  },
  tracing: {
    text: ({ attachType, progType, target: { func = FUNC, progId } }) =>
      `${tracingWord(progType, attachType)} ${func}${progId === undefined ? "" : ` of prog ${progId}`}`,
    json(json, { attachType, target: { func, progId, btfObjId, btfId } }) {
      attachTypeKey(json, attachType);
      if (func !== undefined) json.stringField("func", func);
      if (progId !== undefined) json.numberField("target_prog_id", progId);
      if (btfObjId !== undefined) json.numberField("target_btf_obj_id", btfObjId);
      json.numberField("target_btf_id", btfId);
    },
  },
  iter: {
    text: ({ walks }) => `iter ${iterForm.plain(walks).replace(/^target_name /, "")}`.trim(),
    json: (json, { walks }) => iterForm.json(json, walks),
  },
  struct_ops: {
    text: ({ mapId, mapName, operations, registered }) =>
      `struct_ops ${operations ?? ""} ${mapText({ mapId, mapName })}${registered ? "" : " (not registered)"}`,
    json(json, hook) {
      if (hook.operations !== undefined) json.stringField("operations", hook.operations);
      mapKeys(json, hook);
      json.boolField("registered", hook.registered);
    },
  },
  map: {
    text: (hook) => `${typeText(MAP_TYPES, hook.mapType)} ${mapText(hook)}`,
    json(json, hook) {
      json.nameField("map_type", nameOrNumber(MAP_TYPES, hook.mapType));
      mapKeys(json, hook);
    },
  },
  sockmap: {
    text: (hook) => `${mapText(hook)} ${typeText(ATTACH_TYPES, hook.attachType)}`,
    json(json, hook) {
      mapKeys(json, hook);
      attachTypeKey(json, hook.attachType);
    },
  },
  link: {
    text: ({ linkType }) => `link of type ${nameOrNumber(LINK_TYPES, linkType)}`,
    json: (json, { linkType }) => void json.nameField("link_type", nameOrNumber(LINK_TYPES, linkType)),
  },
};

/** `fentry`, `lsm`, `freplace`: what C calls it in SEC(). */
function tracingWord(progType: number | undefined, attachType: number): string {
  if (progType === PROG_TYPE.ext) return "freplace";
  return typeText(ATTACH_TYPES, attachType).replace(/^trace_/, "");
}

/** The table has a form for each kind, which the type system cannot follow through a union. */
function formOf<Kind extends HookKind>({ kind }: Hook): HookForm<Kind> {
  return FORMS[kind] as unknown as HookForm<Kind>;
}

/** Byte text. */
export function hookText(hook: Hook): string {
  return formOf(hook).text(hook as HookOf<HookKind>);
}

/** An object: `kind`, and what tells this hook apart. */
export function hookJson(json: JsonWriter, hook: Hook): void {
  json.startObject().stringField("kind", hook.kind === "mprog" ? mprogKind(hook) : hook.kind);
  formOf(hook).json(json, hook as HookOf<HookKind>);
  json.endObject();
}

/** `tcx`, `netkit` */
function mprogKind({ attachType }: HookOf<"mprog">): string {
  return typeText(ATTACH_TYPES, attachType).replace(/_.*$/, "");
}
