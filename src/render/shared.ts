/** Lines and keys that several kinds of objects print alike (bpftool common.c). */
import type { JsonWriter } from "../json/writer.ts";
import type { DeviceRecord, HolderRecord } from "../model/records.ts";

/** `  offloaded_to eth0` */
export function devicePlain(device: DeviceRecord | undefined): string {
  if (!device) return "";
  const { ifindex, netnsDev, netnsIno, ifname } = device;
  return `  offloaded_to ${ifname ?? `ifindex ${ifindex} ns_dev ${netnsDev} ns_ino ${netnsIno}`}`;
}

export function deviceJson(json: JsonWriter, device: DeviceRecord | undefined): void {
  if (!device) return;
  json.key("dev").startObject();
  json.numberField("ifindex", device.ifindex);
  json.numberField("ns_dev", device.netnsDev);
  json.numberField("ns_inode", device.netnsIno);
  if (device.ifname !== undefined) json.stringField("ifname", device.ifname);
  json.endObject();
}

export function pinsPlain(pins: readonly string[] | undefined): string {
  return pins ? pins.map((path) => `\n\tpinned ${path}`).join("") : "";
}

export function pinsJson(json: JsonWriter, pins: readonly string[] | undefined): void {
  if (pins) json.stringArrayField("pinned", pins);
}

export function holdersPlain(holders: readonly HolderRecord[]): string {
  if (holders.length === 0) return "";
  return `\n\tpids ${holders.map(({ comm, pid }) => `${comm}(${pid})`).join(", ")}`;
}

export function holdersJson(json: JsonWriter, holders: readonly Pick<HolderRecord, "pid" | "comm">[]): void {
  if (holders.length === 0) return;
  json.key("pids").startArray();
  for (const { pid, comm } of holders) {
    json.startObject().numberField("pid", pid).stringField("comm", comm).endObject();
  }
  json.endArray();
}

/** A list to show or dump: one match stands alone, none or several are an array. */
export function writeMatches<T>(json: JsonWriter, items: readonly T[], write: (item: T) => void): void {
  if (items.length === 1) return write(items[0] as T);
  json.startArray();
  for (const item of items) write(item);
  json.endArray();
}
