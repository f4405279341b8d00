/**
 * What only some kinds of links print, a row for each kind (bpftool link.c:show_link_close_plain,
 * show_link_close_json). Blanks at the end of a line are bpftool's.
 */
import type { JsonWriter } from "../../json/writer.ts";
import type { LinkDetail } from "../../model/records.ts";
import type { LinkView } from "../../model/views.ts";
import { ATTACH_TYPES } from "../../uapi/attach-types.ts";
import { nameOrNumber } from "../../uapi/name-table.ts";
import { PERF_EVENT_TYPES, perfConfigName } from "../../uapi/perf-events.ts";
import { PROG_TYPES } from "../../uapi/prog-types.ts";

export type DetailOf<Kind extends LinkDetail["kind"]> = Extract<LinkDetail, { kind: Kind }>;

export interface DetailForm<Kind extends LinkDetail["kind"]> {
  plain(detail: DetailOf<Kind>, view: LinkView): string;
  json(json: JsonWriter, detail: DetailOf<Kind>, view: LinkView): void;
}

function attachType(type: number): string | number {
  return nameOrNumber(ATTACH_TYPES, type);
}

function cookiePlain(cookie: bigint): string {
  return cookie === 0n ? "" : `cookie ${cookie}  `;
}

type OnDevice = { readonly ifindex: number; readonly ifname?: string };

function deviceName({ ifindex, ifname }: OnDevice): string {
  return ifindex === 0 ? "(detached)" : (ifname ?? "(unknown)");
}

function devicePlain(device: OnDevice): string {
  return `\n\tifindex ${deviceName(device)}${device.ifname === undefined ? "" : `(${device.ifindex})`}  `;
}

function deviceJson(json: JsonWriter, device: OnDevice): void {
  json.stringField("devname", deviceName(device)).numberField("ifindex", device.ifindex);
}

/** tcx and netkit links. */
const onDevice = {
  plain: (detail: OnDevice & { readonly attachType: number }) =>
    `${devicePlain(detail)}attach_type ${attachType(detail.attachType)}  `,
  json(json: JsonWriter, detail: OnDevice & { readonly attachType: number }) {
    deviceJson(json, detail);
    json.nameField("attach_type", attachType(detail.attachType));
  },
};

const CGROUP_ORDERS = ["order_unspec", "self_only", "descendants_pre", "descendants_post", "ancestors_up"];

/** Iterators of these targets name what they walk. */
const MAP_TARGETS: ReadonlySet<string> = new Set(["bpf_map_elem", "bpf_sk_storage_map"]);
const TASK_TARGETS: ReadonlySet<string> = new Set(["task", "task_file", "task_vma"]);

/** By NFPROTO_*. */
const NETFILTER_FAMILIES: Readonly<Record<number, string>> = {
  1: "inet",
  2: "ip",
  3: "arp",
  5: "netdev",
  7: "bridge",
  10: "ip6",
};
const IP_HOOKS = ["prerouting", "input", "forward", "output", "postrouting"];
const ARP_HOOKS = ["input", "output"];
const NFPROTO_ARP = 3;
const NFPROTO_NETDEV = 5;

/** `ip input prio -128 flags 0x1` */
export function netfilterPlain({ pf, hook, prio, flags }: DetailOf<"netfilter">): string {
  const family = NETFILTER_FAMILIES[pf] ?? `pf: ${pf}`;
  const hooks = pf === NFPROTO_ARP ? ARP_HOOKS : pf === NFPROTO_NETDEV ? [] : IP_HOOKS;
  const hookName = NETFILTER_FAMILIES[pf] === undefined ? undefined : hooks[hook];
  const place = hookName === undefined ? `, hook ${hook},` : ` ${hookName}`;
  return `${family}${place} prio ${prio}${flags === 0 ? "" : ` flags 0x${flags.toString(16)}`}`;
}

/** struct bpf_link_info.uprobe_multi.flags: BPF_F_UPROBE_MULTI_RETURN. */
const UPROBE_MULTI_RETURN = 1;

function hexColumn(value: bigint): string {
  return `0x${value.toString(16).padEnd(16)}`;
}

export const LINK_DETAILS: { readonly [Kind in LinkDetail["kind"]]: DetailForm<Kind> } = {
  none: { plain: () => "", json() {} },
  raw_tracepoint: {
    plain: ({ tpName, cookie }) => `\n\ttp '${tpName}'  ${cookiePlain(cookie)}`,
    json: (json, { tpName, cookie }) =>
      void json.stringField("tp_name", tpName).numberField("cookie", cookie),
  },
  tracing: {
    plain(detail, { progType }) {
      const type = progType === undefined ? "" : `prog_type ${nameOrNumber(PROG_TYPES, progType)}  `;
      const { targetObjId, targetBtfId, cookie } = detail;
      const target =
        targetObjId || targetBtfId ? `\n\ttarget_obj_id ${targetObjId}  target_btf_id ${targetBtfId}  ` : "";
      const line = `\n\t${type}attach_type ${attachType(detail.attachType)}  `;
      return `${line}${target}${cookie === 0n ? "" : `\n\t${cookiePlain(cookie)}`}`;
    },
    json(json, detail, { progType }) {
      if (progType !== undefined) json.nameField("prog_type", nameOrNumber(PROG_TYPES, progType));
      json.nameField("attach_type", attachType(detail.attachType));
      json.numberField("target_obj_id", detail.targetObjId).numberField("target_btf_id", detail.targetBtfId);
      json.numberField("cookie", detail.cookie);
    },
  },
  cgroup: {
    plain: (detail) => `\n\tcgroup_id ${detail.cgroupId}  attach_type ${attachType(detail.attachType)}  `,
    json(json, detail) {
      json.numberField("cgroup_id", detail.cgroupId).nameField("attach_type", attachType(detail.attachType));
    },
  },
  iter: {
    plain({ targetName, mapId, tid, pid, cgroupId, order }) {
      const task = tid !== 0 ? `tid ${tid} ` : pid !== 0 ? `pid ${pid} ` : "";
      const place = MAP_TARGETS.has(targetName)
        ? `map_id ${mapId}  `
        : TASK_TARGETS.has(targetName)
          ? task
          : targetName === "cgroup"
            ? `cgroup_id ${cgroupId}  order ${CGROUP_ORDERS[order] ?? "unknown"}  `
            : "";
      return `target_name ${targetName}  ${place}`;
    },
    json(json, { targetName, mapId, tid, pid, cgroupId, order }) {
      json.stringField("target_name", targetName);
      if (MAP_TARGETS.has(targetName)) json.numberField("map_id", mapId);
      else if (TASK_TARGETS.has(targetName)) {
        if (tid !== 0) json.numberField("tid", tid);
        else if (pid !== 0) json.numberField("pid", pid);
      } else if (targetName === "cgroup") {
        json.numberField("cgroup_id", cgroupId).stringField("order", CGROUP_ORDERS[order] ?? "unknown");
      }
    },
  },
  netns: {
    plain: (detail) => `\n\tnetns_ino ${detail.netnsIno}  attach_type ${attachType(detail.attachType)}  `,
    json(json, detail) {
      json.numberField("netns_ino", detail.netnsIno).nameField("attach_type", attachType(detail.attachType));
    },
  },
  xdp: { plain: (detail) => devicePlain(detail), json: (json, detail) => deviceJson(json, detail) },
  tcx: onDevice,
  netkit: onDevice,
  struct_ops: { plain: () => "", json: (json, { mapId }) => void json.numberField("map_id", mapId) },
  netfilter: {
    plain: (detail) => `\n\t${netfilterPlain(detail)}`,
    json(json, { pf, hook, prio, flags }) {
      json
        .numberField("pf", pf)
        .numberField("hook", hook)
        .numberField("prio", prio)
        .numberField("flags", flags);
    },
  },
  sockmap: {
    plain: (detail) => `\n\tmap_id ${detail.mapId}  attach_type ${attachType(detail.attachType)}  `,
    json(json, detail) {
      json.numberField("map_id", detail.mapId).nameField("attach_type", attachType(detail.attachType));
    },
  },
  uprobe_multi: {
    plain({ path, flags, pid, funcs }) {
      if (funcs.length === 0) return "";
      const name = flags & UPROBE_MULTI_RETURN ? "uretprobe.multi" : "uprobe.multi";
      const head = `\n\t${name}  path ${path}  func_cnt ${funcs.length}  ${pid === 0 ? "" : `pid ${pid}  `}`;
      const columns = `\n\t${"offset".padEnd(16)}   ${"ref_ctr_offset".padEnd(16)}   ${"cookies".padEnd(16)}`;
      const rows = funcs.map(
        ({ offset, refCtrOffset, cookie }) =>
          `\n\t${[offset, refCtrOffset, cookie].map(hexColumn).join(" ")}`,
      );
      return `${head}${columns}${rows.join("")}`;
    },
    json(json, { path, flags, pid, funcs }) {
      json.boolField("retprobe", (flags & UPROBE_MULTI_RETURN) !== 0).stringField("path", path);
      json.numberField("func_cnt", funcs.length).numberField("pid", pid).key("funcs").startArray();
      for (const { offset, refCtrOffset, cookie } of funcs) {
        json.startObject().numberField("offset", offset).numberField("ref_ctr_offset", refCtrOffset);
        json.numberField("cookie", cookie).endObject();
      }
      json.endArray();
    },
  },
  perf_uprobe: {
    plain({ retprobe, file, offset, cookie, refCtrOffset }) {
      if (file === "") return "";
      const place = `${retprobe ? "uretprobe" : "uprobe"} ${file}+${offset === 0 ? "0" : `0x${offset.toString(16)}`}  `;
      const refCtr = refCtrOffset === 0n ? "" : `ref_ctr_offset 0x${refCtrOffset.toString(16)}  `;
      return `\n\t${place}${cookiePlain(cookie)}${refCtr}`;
    },
    json(json, { retprobe, file, offset, cookie, refCtrOffset }) {
      json.boolField("retprobe", retprobe).stringField("file", file).numberField("offset", offset);
      json.numberField("cookie", cookie).numberField("ref_ctr_offset", refCtrOffset);
    },
  },
  perf_kprobe: {
    plain({ retprobe, func, addr, offset, missed, cookie }) {
      if (func === "" && addr === 0n) return "";
      const place = [
        `${retprobe ? "kretprobe" : "kprobe"} `,
        addr === 0n ? "" : `${addr.toString(16)} `,
        func,
        offset === 0 ? "" : `+0x${offset.toString(16)}`,
        missed === 0n ? "" : `  missed ${missed}`,
        cookie === 0n ? "" : `  cookie ${cookie}`,
      ];
      return `\n\t${place.join("")}  `;
    },
    json(json, { retprobe, func, addr, offset, missed, cookie }) {
      json.boolField("retprobe", retprobe).numberField("addr", addr).stringField("func", func);
      json.numberField("offset", offset).numberField("missed", missed).numberField("cookie", cookie);
    },
  },
  perf_tracepoint: {
    plain: ({ tracepoint, cookie }) =>
      tracepoint === "" ? "" : `\n\ttracepoint ${tracepoint}  ${cookiePlain(cookie)}`,
    json(json, { tracepoint, cookie }) {
      json.stringField("tracepoint", tracepoint).numberField("cookie", cookie);
    },
  },
  perf_event: {
    plain({ type, config, cookie }) {
      const name = PERF_EVENT_TYPES[type] ?? `${type} `;
      return `\n\tevent ${name}:${perfConfigName(type, config) ?? config}  ${cookiePlain(cookie)}`;
    },
    json(json, { type, config, cookie }) {
      json.nameField("event_type", nameOrNumber(PERF_EVENT_TYPES, type));
      const name = perfConfigName(type, config);
      if (name === undefined) json.numberField("event_config", config);
      else json.stringField("event_config", name);
      json.numberField("cookie", cookie);
    },
  },
};
