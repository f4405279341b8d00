/** One attachment on a device: its line and its keys (bpftool netlink_dumper.c, net.c:__show_dev_tc_bpf). */
import type { JsonWriter } from "../../json/writer.ts";
import type { FilterRecord, MprogRecord, NetDeviceRecord, XdpRecord } from "../../model/net-records.ts";
import { ATTACH_TYPES } from "../../uapi/attach-types.ts";
import { nameOrNumber } from "../../uapi/name-table.ts";
import { XDP_ATTACHED } from "../../uapi/xdp-modes.ts";

type Device = Pick<NetDeviceRecord, "ifname" | "ifindex">;

/** `eth0(2)` */
function devicePlain({ ifname, ifindex }: Device): string {
  return `${ifname}(${ifindex})`;
}

function deviceJson(json: JsonWriter, { ifname, ifindex }: Device): void {
  json.stringField("devname", ifname).numberField("ifindex", ifindex);
}

const XDP_MODES: Readonly<Record<number, string>> = {
  [XDP_ATTACHED.DRV]: "driver",
  [XDP_ATTACHED.SKB]: "generic",
  [XDP_ATTACHED.HW]: "offload",
};

/** `driver`; undefined for modes that are not known here. */
export function xdpModeName(mode: number): string | undefined {
  return XDP_MODES[mode];
}

/** A mode that has no name shows no program. */
function namedProgs({ progs }: XdpRecord): { readonly mode: string; readonly progId: number }[] {
  return progs.flatMap(({ mode, progId }) => {
    const name = xdpModeName(mode);
    return name === undefined ? [] : [{ mode: name, progId }];
  });
}

export function xdpPlain(device: Device, xdp: XdpRecord): string {
  const progs = namedProgs(xdp).map(({ mode, progId }) => ` ${mode} id ${progId}`);
  return `${devicePlain(device)}${progs.join("")}\n`;
}

export function xdpJson(json: JsonWriter, device: Device, xdp: XdpRecord): void {
  const several = xdp.mode === XDP_ATTACHED.MULTI;
  deviceJson(json.startObject(), device);
  if (several) json.key("multi_attachments").startArray();
  for (const { mode, progId } of namedProgs(xdp)) {
    if (several) json.startObject();
    json.stringField("mode", mode).numberField("id", progId);
    if (several) json.endObject();
  }
  if (several) json.endArray();
  json.endObject();
}

/** `tcx/ingress`, where the table of attach types has `tcx_ingress`. */
function hookName(attachType: number): string {
  return String(nameOrNumber(ATTACH_TYPES, attachType)).replace("_", "/");
}

/** The values of the bits that are set, lowest first. */
function flagValues(flags: number): number[] {
  return Array.from({ length: 32 }, (_, bit) => 2 ** bit).filter((value) => (flags & value) !== 0);
}

function flagsPlain(key: string, flags: number): string {
  return flags === 0
    ? ""
    : `${key} ${flagValues(flags)
        .map((value) => `${value} `)
        .join("")}`;
}

/** `name` is that of the program, where it has one. */
export function mprogPlain(device: Device, mprog: MprogRecord, name: string | undefined): string {
  const { attachType, progId, progFlags, linkId, linkFlags } = mprog;
  const head = `${devicePlain(device)} ${hookName(attachType)}${name === undefined ? "" : ` ${name}`}`;
  const link = linkId === 0 ? "" : `link_id ${linkId} ${flagsPlain("link_flags", linkFlags)}`;
  return `${head} prog_id ${progId} ${flagsPlain("prog_flags", progFlags)}${link}\n`;
}

export function mprogJson(
  json: JsonWriter,
  device: Device,
  mprog: MprogRecord,
  name: string | undefined,
): void {
  deviceJson(json.startObject(), device);
  json.stringField("kind", hookName(mprog.attachType));
  if (name !== undefined) json.stringField("name", name);
  json.numberField("prog_id", mprog.progId).numberArrayField("prog_flags", flagValues(mprog.progFlags));
  json.numberField("link_id", mprog.linkId).numberArrayField("link_flags", flagValues(mprog.linkFlags));
  json.endObject();
}

type Named = { readonly name?: string; readonly progId?: number };

function idPlain({ progId }: Named): string {
  return progId === undefined ? "" : ` id ${progId}`;
}

function namedJson(json: JsonWriter, { name, progId }: Named): void {
  if (name !== undefined) json.stringField("name", name);
  if (progId !== undefined) json.numberField("id", progId);
}

export function filterPlain(device: Device, filter: FilterRecord): string {
  const { kind, name, actions } = filter;
  const acts = actions?.map((action) => `{${action.name ?? ""}${idPlain(action)}}`);
  const act = acts === undefined ? "" : ` act [${acts.join("")}] `;
  return `${devicePlain(device)} ${kind}${name === undefined ? "" : ` ${name}`}${idPlain(filter)}${act}\n`;
}

export function filterJson(json: JsonWriter, device: Device, filter: FilterRecord): void {
  deviceJson(json.startObject(), device);
  json.stringField("kind", filter.kind);
  namedJson(json, filter);
  if (filter.actions) {
    json.key("act").startArray();
    for (const action of filter.actions) {
      namedJson(json.startObject(), action);
      json.endObject();
    }
    json.endArray();
  }
  json.endObject();
}
