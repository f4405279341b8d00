/** What iterators walk (bpftool link.c:show_iter_plain, show_iter_json). */
import type { JsonWriter } from "../../json/writer.ts";
import type { DetailForm, DetailOf } from "./form.ts";

type IterDetail = DetailOf<"iter">;

/** enum bpf_cgroup_iter_order. */
const CGROUP_ORDERS = ["order_unspec", "self_only", "descendants_pre", "descendants_post", "ancestors_up"];

/** A target that names what it walks. */
interface TargetForm {
  plain(detail: IterDetail): string;
  json(json: JsonWriter, detail: IterDetail): void;
}

const OF_MAP: TargetForm = {
  plain: ({ mapId }) => `map_id ${mapId}  `,
  json: (json, { mapId }) => void json.numberField("map_id", mapId),
};

/** One thread, or all of a process, or all that there are. */
const OF_TASK: TargetForm = {
  plain: ({ tid, pid }) => (tid !== 0 ? `tid ${tid} ` : pid !== 0 ? `pid ${pid} ` : ""),
  json(json, { tid, pid }) {
    if (tid !== 0) json.numberField("tid", tid);
    else if (pid !== 0) json.numberField("pid", pid);
  },
};

const OF_CGROUP: TargetForm = {
  plain: ({ cgroupId, order }) => `cgroup_id ${cgroupId}  order ${orderName(order)}  `,
  json: (json, { cgroupId, order }) =>
    void json.numberField("cgroup_id", cgroupId).stringField("order", orderName(order)),
};

function orderName(order: number): string {
  return CGROUP_ORDERS[order] ?? "unknown";
}

const TARGETS: ReadonlyMap<string, TargetForm> = new Map([
  ["bpf_map_elem", OF_MAP],
  ["bpf_sk_storage_map", OF_MAP],
  ["task", OF_TASK],
  ["task_file", OF_TASK],
  ["task_vma", OF_TASK],
  ["cgroup", OF_CGROUP],
]);

export const iterForm = {
  plain: (detail: IterDetail) =>
    `target_name ${detail.targetName}  ${TARGETS.get(detail.targetName)?.plain(detail) ?? ""}`,
  json(json: JsonWriter, detail: IterDetail) {
    json.stringField("target_name", detail.targetName);
    TARGETS.get(detail.targetName)?.json(json, detail);
  },
} satisfies DetailForm<"iter">;
