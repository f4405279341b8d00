/** What the table of docs/compat.md says beyond what can be found out: why bpflens is better, why something is not there. */

export interface CommandNote {
  /** Why it is better; without it and the next the command is the same. */
  readonly better?: string;
  readonly differs?: string;
  /** What it has besides. */
  readonly more?: string;
  /** What of it, or why it, is not built. */
  readonly missing?: string;
}

const CHANGES = "changes the kernel";
const LOADS = "loads programs";

/** By object or command. What is missing of an object is said of each of its commands that is not built. */
export const COMMAND_NOTES: Readonly<Record<string, CommandNote>> = {
  help: { differs: "in bpflens's own words" },
  batch: { better: "statuses that tell the truth; valid JSON" },
  "prog show": { better: "a message where nothing matches; pids on every kernel; exact `loaded_at`" },
  "prog dump": {
    better: "see above: `visual`, `jited`, instructions that the kernel hides",
    more: "`names`",
  },
  "prog pin": { missing: CHANGES },
  "prog load": { missing: LOADS },
  "prog loadall": { missing: LOADS },
  "prog attach": { missing: CHANGES },
  "prog detach": { missing: CHANGES },
  "prog tracelog": { better: "streams: valid JSON; why one cannot be read" },
  "prog run": { missing: "runs a program" },
  "prog profile": { missing: LOADS },
  "map show": { better: "no stale `btf_id`; a message where nothing matches" },
  "map dump": {
    better: "valid JSON, why a map has no entries, signs of bit fields",
    more: "views: `--table` and others",
  },
  "map lookup": { better: "bytes above 255 are errors" },
  "map update": { missing: CHANGES },
  "map delete": { missing: CHANGES },
  "map pin": { missing: CHANGES },
  "map event_pipe": { missing: "takes events out of a buffer" },
  "map create": { missing: CHANGES },
  "map push": { missing: CHANGES },
  "map enqueue": { missing: CHANGES },
  "map pop": { missing: CHANGES },
  "map dequeue": { missing: CHANGES },
  "map freeze": { missing: CHANGES },
  "link show": { better: "exit status 0 on success; an unknown address does not hide the names behind it" },
  "link pin": { missing: CHANGES },
  "link detach": { missing: CHANGES },
  "cgroup tree": { better: "goes on behind a cgroup that cannot be read" },
  "cgroup attach": { missing: CHANGES },
  "cgroup detach": { missing: CHANGES },
  "perf show": { better: "a kind that is not known ends its line" },
  "net show": { better: "valid JSON, each filter once", more: "`--all-netns`" },
  "net attach": { missing: CHANGES },
  "net detach": { missing: CHANGES },
  "feature probe": { better: "tells what was refused" },
  "btf dump": { better: "one error, where and why; no type is lost" },
  gen: { missing: "writes code for loaders" },
  "struct_ops register": { missing: CHANGES },
  "struct_ops unregister": { missing: CHANGES },
  "iter pin": { missing: LOADS },
  version: { more: "a line with the version of bpflens" },
};

/** By option, as bpftool has it. */
export const OPTION_NOTES: Readonly<Record<string, string>> = {
  "--version": "the version of bpflens, too",
  "--mapcompat": "nothing is loaded",
  "--nomount": "nothing is ever mounted",
  "--debug": "there is no libbpf",
  "--use-loader": "nothing is loaded",
  "-S": "nothing is signed",
  "-k": "nothing is signed",
  "-i": "nothing is signed",
};

/** Keys that bpftool has not, by command and key: what they tell. */
export const KEY_NOTES: Readonly<Record<string, string>> = {
  "prog dump xlated: note": "what an instruction refers to (`names`)",
  "prog dump jited: insns[].args": "whole operands",
  "net show: netns": "the network namespace (`--all-netns`)",
  "net show: problems": "what could not be read",
  "feature probe: refused": "what the kernel refused to let us try",
  "feature probe: probed": "when it was probed, of a snapshot",
  "version: bpflens": "the version of bpflens",
};
