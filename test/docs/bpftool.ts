/**
 * What bpftool 7.8.0 has: its commands in the order of its tables, its options, the keys of its JSON. Keys come from its
 * recorded output; `keys` names those that no recorded document has.
 */
import { dataText } from "../support/data.ts";
import { keysOf } from "./json-keys.ts";

/** An object without commands is a command. */
export const BPFTOOL_COMMANDS: readonly (readonly [object: string, commands: string])[] = [
  ["help", ""],
  ["batch", ""],
  ["prog", "show list help dump pin load loadall attach detach tracelog run profile"],
  [
    "map",
    "show list help dump update lookup getnext delete pin event_pipe create peek push enqueue pop dequeue freeze",
  ],
  ["link", "show list help pin detach"],
  ["cgroup", "show list tree attach detach help"],
  ["perf", "show list help"],
  ["net", "show list attach detach help"],
  ["feature", "probe list_builtins help"],
  ["btf", "show list help dump"],
  ["gen", "object skeleton subskeleton min_core_btf help"],
  ["struct_ops", "show list register unregister dump help"],
  ["iter", "help pin"],
  ["token", "show list help"],
  ["version", ""],
];

export interface BpftoolOption {
  readonly short: string;
  readonly long?: string;
  readonly effect: string;
}

export const BPFTOOL_OPTIONS: readonly BpftoolOption[] = [
  { short: "j", long: "json", effect: "JSON" },
  { short: "p", long: "pretty", effect: "indented JSON" },
  { short: "V", long: "version", effect: "the version" },
  { short: "h", long: "help", effect: "help" },
  { short: "f", long: "bpffs", effect: "pinned paths" },
  { short: "m", long: "mapcompat", effect: "relaxed map definitions, for loading" },
  { short: "n", long: "nomount", effect: "mount nothing" },
  { short: "d", long: "debug", effect: "messages of libbpf" },
  { short: "L", long: "use-loader", effect: "load through a loader program" },
  { short: "B", long: "base-btf", effect: "base of split BTF" },
  { short: "S", long: "sign", effect: "sign the loader program" },
  { short: "k", effect: "private key to sign with" },
  { short: "i", effect: "certificate to sign with" },
];

interface Document {
  /** Its output, recorded. */
  readonly recorded?: readonly string[];
  readonly keys?: string;
}

const RENDER = "../render/data";

/** By command; what several commands have is told once. */
const DOCUMENTS = {
  "every command": { keys: "error" },
  "prog show": {
    keys:
      "id type name tag gpl_compatible run_time_ns run_cnt recursion_misses dev dev.ifindex dev.ns_dev " +
      "dev.ns_inode dev.ifname loaded_at uid orphaned bytes_xlated jited bytes_jited bytes_memlock map_ids " +
      "btf_id pinned pids pids[].pid pids[].comm metadata",
  },
  "prog dump xlated": {
    recorded: ["../code/data/live_xdp.xlated_linum_opcodes.pretty.json.txt"],
    keys: "proto",
  },
  "prog dump jited": {
    keys:
      "proto name insns insns[].src insns[].file insns[].line_num insns[].line_col insns[].pc " +
      "insns[].operation insns[].operands insns[].opcodes",
  },
  "prog run": { keys: "data_out ctx_out retval duration" },
  "prog profile": { keys: "metric run_cnt value enabled running" },
  "map show": {
    keys:
      "id type name flags dev dev.ifindex dev.ns_dev dev.ns_inode dev.ifname bytes_key bytes_value max_entries " +
      "bytes_memlock owner_prog_type owner_jited frozen btf_id pinned pids pids[].pid pids[].comm",
  },
  "map dump": {
    keys:
      "key value value.error values values[].cpu values[].value inner_map_id formatted id type name flags " +
      "elements elements[].key elements[].value elements[].values elements[].values[].cpu elements[].values[].value " +
      "elements[].formatted",
  },
  "map lookup": { keys: "key value values values[].cpu values[].value inner_map_id formatted" },
  "map getnext": { keys: "key next_key" },
  "map event_pipe": { keys: "type cpu index timestamp data lost lost.id lost.count" },
  "link show": {
    recorded: [`${RENDER}/link_all_kinds.json.txt`],
    keys:
      "tp_name tracepoint cgroup_id netns_ino devname ifindex map_id pf hook prio flags path pid func_cnt funcs[].offset " +
      "funcs[].ref_ctr_offset pinned bpf_cookie pids pids[].pid pids[].comm",
  },
  "cgroup tree": { recorded: [`${RENDER}/cgroup/tree.json.txt`] },
  "cgroup show": {
    keys: "id attach_type attach_flags name attach_btf_name attach_btf_obj_id attach_btf_id",
  },
  "perf show": { recorded: [`${RENDER}/perf_all_kinds.json.txt`], keys: "addr" },
  "net show": { recorded: ["../cli/data/net/crafted.json.txt"], keys: "flow_dissector[].id" },
  "feature probe": { recorded: [`${RENDER}/features/kernel.json.txt`] },
  "btf show": {
    keys: "id size prog_ids map_ids pids pids[].pid pids[].comm kernel name",
  },
  "btf dump": { recorded: [`${RENDER}/btf-raw/all_kinds.json.txt`] },
  "struct_ops show": { recorded: ["../cli/data/struct-ops/show.json.txt"] },
  "struct_ops dump": { recorded: ["../cli/data/struct-ops/sa_cc.json.txt"] },
  "token show": { keys: "token_info allowed_cmds allowed_maps allowed_progs allowed_attachs" },
  batch: { keys: "command output" },
  version: {
    keys:
      "version libbpf_version features features.libbfd features.llvm features.crypto features.skeletons " +
      "features.bootstrap",
  },
} as const satisfies Readonly<Record<string, Document>>;

export type JsonCommand = keyof typeof DOCUMENTS;

/** The keys of its JSON by command. */
export const BPFTOOL_KEYS: ReadonlyMap<JsonCommand, readonly string[]> = new Map(
  Object.entries(DOCUMENTS).map(([command, { recorded = [], keys = "" }]: [string, Document]) => [
    command as JsonCommand,
    [
      ...new Set([
        ...recorded.flatMap((file) => keysOf(dataText(import.meta.url, file))),
        ...keys.split(" ").filter(Boolean),
      ]),
    ],
  ]),
);
