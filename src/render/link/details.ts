/**
 * What only some kinds of links print, a row for each kind (bpftool link.c:show_link_close_plain,
 * show_link_close_json). Blanks at the end of a line are bpftool's.
 */
import type { JsonWriter } from "../../json/writer.ts";
import { nameOrNumber } from "../../uapi/name-table.ts";
import { PROG_TYPES } from "../../uapi/prog-types.ts";
import { attachType, cookiePlain, type DetailForm, type DetailForms, type LinkKind } from "./form.ts";
import { iterForm } from "./iter.ts";
import { multiForms } from "./multi.ts";
import { netfilterForm } from "./netfilter.ts";
import { perfEventForms } from "./perf-event.ts";

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

const tracing: DetailForm<"tracing"> = {
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
};

export const LINK_DETAILS: DetailForms<LinkKind> = {
  none: { plain: () => "", json() {} },
  raw_tracepoint: {
    plain: ({ tpName, cookie }) => `\n\ttp '${tpName}'  ${cookiePlain(cookie)}`,
    json: (json, { tpName, cookie }) =>
      void json.stringField("tp_name", tpName).numberField("cookie", cookie),
  },
  tracing,
  cgroup: {
    plain: (detail) => `\n\tcgroup_id ${detail.cgroupId}  attach_type ${attachType(detail.attachType)}  `,
    json(json, detail) {
      json.numberField("cgroup_id", detail.cgroupId).nameField("attach_type", attachType(detail.attachType));
    },
  },
  iter: iterForm,
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
  netfilter: netfilterForm,
  sockmap: {
    plain: (detail) => `\n\tmap_id ${detail.mapId}  attach_type ${attachType(detail.attachType)}  `,
    json(json, detail) {
      json.numberField("map_id", detail.mapId).nameField("attach_type", attachType(detail.attachType));
    },
  },
  ...multiForms,
  ...perfEventForms,
};
