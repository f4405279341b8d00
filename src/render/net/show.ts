/**
 * Sections and keys of `net show` (bpftool net.c:do_show). Blanks at the end of a line are bpftool's; `flow_dissector`
 * is valid JSON, which bpftool's is not.
 */
import type { TextSink } from "../../bytes/sink.ts";
import type { JsonWriter } from "../../json/writer.ts";
import type { NetfilterRecord, NetnsRecord, NetRecord } from "../../model/net-records.ts";
import type { NetView } from "../../model/net-views.ts";
import { netfilterPlain } from "../link/netfilter.ts";
import { filterJson, filterPlain, mprogJson, mprogPlain, xdpJson, xdpPlain } from "./attachments.ts";

/** As bpftool shows the own namespace. */
export function netPlain(out: TextSink, { nets, progNames, netfilter }: NetView): void {
  for (const net of nets) {
    out.write(sectionsPlain(net, progNames));
    out.write(netfilterSection(netfilter));
  }
}

export function netJson(json: JsonWriter, { nets, progNames, netfilter }: NetView): void {
  json.startArray();
  for (const net of nets) {
    json.startObject();
    sectionsJson(json, net, progNames);
    netfilterJson(json, netfilter);
    json.endObject();
  }
  json.endArray();
}

/** Each namespace below a line of its own, and last the netfilter links, whose namespace the kernel does not tell. */
export function netnsPlain(out: TextSink, { nets, progNames, netfilter }: NetView): void {
  for (const net of nets)
    out.write(`${netnsLine(net.netns)}\n${sectionsPlain(net, progNames).trimEnd()}\n\n`);
  if (netfilter.length > 0) out.write(`netns unknown\n${netfilterSection(netfilter)}`);
}

/** Elements of one shape; `netns` of that with the netfilter links is null. */
export function netnsJson(json: JsonWriter, { nets, progNames, netfilter }: NetView): void {
  const nowhere = { devices: [], flowDissector: [] };
  json.startArray();
  for (const net of nets) {
    netnsKey(json.startObject(), net.netns);
    sectionsJson(json, net, progNames);
    netfilterJson(json, []);
    json.stringArrayField("problems", net.problems).endObject();
  }
  if (netfilter.length > 0) {
    json.startObject().key("netns").null();
    sectionsJson(json, nowhere, progNames);
    netfilterJson(json, netfilter);
    json.stringArrayField("problems", []).endObject();
  }
  json.endArray();
}

/** `netns 4026532177  name blue  pid 812` */
function netnsLine({ ino, own, names, pid }: NetnsRecord): string {
  const parts = [
    `netns ${ino}`,
    ...(own ? ["own"] : []),
    ...names.map((name) => `name ${name}`),
    ...(pid === undefined ? [] : [`pid ${pid}`]),
  ];
  return parts.join("  ");
}

function netnsKey(json: JsonWriter, { ino, own, names, pid }: NetnsRecord): void {
  json.key("netns").startObject().numberField("ino", ino).boolField("own", own);
  json.stringArrayField("names", names);
  if (pid !== undefined) json.numberField("pid", pid);
  json.endObject();
}

type Sections = Pick<NetRecord, "devices" | "flowDissector">;
type ProgNames = NetView["progNames"];

function sectionsPlain({ devices, flowDissector }: Sections, progNames: ProgNames): string {
  const xdp = devices.map((device) => (device.xdp ? xdpPlain(device, device.xdp) : ""));
  const tc = devices.flatMap((device) => [
    ...device.mprogs.map((mprog) => mprogPlain(device, mprog, progNames.get(mprog.progId))),
    ...device.filters.map((filter) => filterPlain(device, filter)),
  ]);
  const dissectors = flowDissector.map((id) => `id ${id}`);
  return `xdp:\n${xdp.join("")}\ntc:\n${tc.join("")}\nflow_dissector:\n${dissectors.join("")}\n`;
}

function sectionsJson(json: JsonWriter, { devices, flowDissector }: Sections, progNames: ProgNames): void {
  json.key("xdp").startArray();
  for (const device of devices) if (device.xdp) xdpJson(json, device, device.xdp);
  json.endArray().key("tc").startArray();
  for (const device of devices) {
    for (const mprog of device.mprogs) mprogJson(json, device, mprog, progNames.get(mprog.progId));
    for (const filter of device.filters) filterJson(json, device, filter);
  }
  json.endArray().key("flow_dissector").startArray();
  for (const id of flowDissector) json.startObject().numberField("id", id).endObject();
  json.endArray();
}

function netfilterSection(links: readonly NetfilterRecord[]): string {
  const lines = links.map(({ detail, progId }) => `\n\t${netfilterPlain(detail)} prog_id ${progId}`);
  return `netfilter:\n${lines.join("")}\n`;
}

function netfilterJson(json: JsonWriter, links: readonly NetfilterRecord[]): void {
  json.key("netfilter").startArray();
  for (const { detail, progId } of links) {
    const { pf, hook, prio, flags } = detail;
    json.startObject().numberField("pf", pf).numberField("hook", hook).numberField("prio", prio);
    json.numberField("flags", flags).numberField("id", progId).endObject();
  }
  json.endArray();
}
