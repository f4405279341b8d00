/**
 * Every word of the command line, in bpftool's order: the first entry that a word begins wins, and a missing
 * word stands for the first entry, so order is behaviour. The front end, help, completion and the README's
 * list are made from this table.
 *
 * Words that bpftool has and bpflens has not stay in the table as `absent`, so that no abbreviation ever
 * means something else here than there.
 */
import type { Run } from "./context.ts";
import type { OwnOption } from "./options.ts";
import { progShow } from "./prog/show.ts";

export interface Command {
  readonly word: string;
  /** What may follow the word. */
  readonly usage: string;
  readonly summary: string;
  /** Options that are its own. */
  readonly options?: readonly OwnOption[];
  /** Loads the command: what is not run is not read, but for the listing that is to be fast. */
  load(): Promise<Run>;
}

export interface Absent {
  readonly word: string;
  readonly absent: true;
}

export interface CommandObject {
  readonly word: string;
  readonly summary: string;
  readonly commands: readonly (Command | Absent)[];
}

export type TopEntry = CommandObject | Command | Absent;

function absent(...words: string[]): Absent[] {
  return words.map((word) => ({ word, absent: true }));
}

function help(): Command {
  return {
    word: "help",
    usage: "",
    summary: "show this help",
    load: async () => (await import("./help.ts")).showHelp,
  };
}

/** show and list are one command. */
function show(usage: string, summary: string, load: () => Promise<Run>): Command[] {
  return [
    { word: "show", usage, summary, load },
    { word: "list", usage, summary, load },
  ];
}

export const COMMANDS: readonly TopEntry[] = [
  { ...help(), usage: "[OBJECT]" },
  {
    word: "batch",
    usage: "file FILE | -",
    summary: "run the commands of a file, one on each line",
    load: async () => (await import("./batch/batch.ts")).batch,
  },
  {
    word: "prog",
    summary: "programs: list them, dump their instructions, draw their control flow",
    commands: [
      ...show("[PROG]", "list programs", async () => progShow),
      help(),
      {
        word: "dump",
        usage: "{ xlated | jited } PROG [file FILE] [opcodes] [linum] [visual] [names]",
        summary: "print a program's instructions",
        load: async () => (await import("./prog/dump.ts")).progDump,
      },
      ...absent("pin", "load", "loadall", "attach", "detach"),
      {
        word: "tracelog",
        usage: "[{ stdout | stderr } PROG]",
        summary: "print what programs print, as it comes, or empty a stream of one",
        load: async () => (await import("./prog/tracelog.ts")).progTracelog,
      },
      ...absent("run", "profile"),
      {
        word: "graph",
        usage: "PROG [func NAME] [opcodes] [linum] [names]",
        summary: "draw a program's control flow",
        options: ["output"],
        load: async () => (await import("./prog/graph.ts")).progGraph,
      },
    ],
  },
  {
    word: "map",
    summary: "maps: list them, print what is in them",
    commands: [
      ...show("[MAP]", "list maps", async () => (await import("./map/show.ts")).mapShow),
      help(),
      {
        word: "dump",
        usage: "MAP",
        summary: "print a map's entries",
        options: ["table", "percpu", "hist", "human", "count", "limit", "btf", "type", "key-type"],
        load: async () => (await import("./map/dump.ts")).mapDump,
      },
      ...absent("update"),
      {
        word: "lookup",
        usage: "MAP [key DATA]",
        summary: "print the value of a key",
        load: async () => (await import("./map/element.ts")).mapLookup,
      },
      {
        word: "getnext",
        usage: "MAP [key DATA]",
        summary: "print the key behind a key, or the first",
        load: async () => (await import("./map/element.ts")).mapGetnext,
      },
      ...absent("delete", "pin", "event_pipe", "create"),
      {
        word: "peek",
        usage: "MAP",
        summary: "print the next value of a queue or stack, and leave it there",
        load: async () => (await import("./map/element.ts")).mapLookup,
      },
      ...absent("push", "enqueue", "pop", "dequeue", "freeze"),
    ],
  },
  {
    word: "link",
    summary: "links: list them",
    commands: [
      ...show("[LINK]", "list links", async () => (await import("./link/show.ts")).linkShow),
      help(),
      ...absent("pin", "detach"),
    ],
  },
  {
    word: "cgroup",
    summary: "programs on cgroups",
    commands: [
      ...show(
        "PATH [effective]",
        "list the programs on a cgroup",
        async () => (await import("./cgroup/show.ts")).cgroupShow,
      ),
      {
        word: "tree",
        usage: "[ROOT] [effective]",
        summary: "list the programs on all cgroups",
        load: async () => (await import("./cgroup/tree.ts")).cgroupTree,
      },
      ...absent("attach", "detach"),
      help(),
    ],
  },
  {
    word: "perf",
    summary: "programs on perf events, tracepoints and probes",
    commands: [
      ...show("", "list them with their processes", async () => (await import("./perf/show.ts")).perfShow),
      help(),
    ],
  },
  {
    word: "net",
    summary: "programs on network devices",
    commands: [
      ...show(
        "[dev NAME]",
        "list programs on network devices, flow dissectors and netfilter links",
        async () => (await import("./net/show.ts")).netShow,
      ).map((command) => ({ ...command, options: ["all-netns"] as const })),
      ...absent("attach", "detach"),
      help(),
    ],
  },
  {
    word: "feature",
    summary: "what the kernel and bpflens know of BPF",
    commands: [
      {
        word: "probe",
        usage: "[kernel | dev NAME] [full] [unprivileged] [macros [prefix PREFIX]]",
        summary: "try what the kernel can do: system, types, helpers",
        load: async () => (await import("./feature/probe.ts")).featureProbe,
      },
      {
        word: "list_builtins",
        usage: "{ prog_types | map_types | attach_types | link_types | helpers }",
        summary: "list the names that bpflens knows",
        load: async () => (await import("./feature/list-builtins.ts")).featureListBuiltins,
      },
      help(),
    ],
  },
  {
    word: "btf",
    summary: "BTF objects: list them, print their types",
    commands: [
      ...show("[id BTF_ID]", "list BTF objects", async () => (await import("./btf/show.ts")).btfShow),
      help(),
      {
        word: "dump",
        usage: "BTF_SRC [format FORMAT] [root_id ID] [unsorted]",
        summary: "print types, raw or as C",
        load: async () => (await import("./btf/dump.ts")).btfDump,
      },
    ],
  },
  ...absent("gen"),
  {
    word: "struct_ops",
    summary: "operations of the kernel that programs implement",
    commands: [
      ...show(
        "[STRUCT_OPS_MAP]",
        "list them",
        async () => (await import("./struct_ops/show.ts")).structOpsShow,
      ),
      ...absent("register", "unregister"),
      {
        word: "dump",
        usage: "[STRUCT_OPS_MAP]",
        summary: "print their values, with the programs in them",
        load: async () => (await import("./struct_ops/dump.ts")).structOpsDump,
      },
      help(),
    ],
  },
  {
    word: "iter",
    summary: "iterators: list them, print what they print",
    commands: [
      help(),
      ...absent("pin"),
      ...show("[LINK]", "list iterators", async () => (await import("./iter/show.ts")).iterShow),
      {
        word: "cat",
        usage: "LINK",
        summary: "run an iterator, and print what it prints",
        load: async () => (await import("./iter/cat.ts")).iterCat,
      },
    ],
  },
  {
    word: "token",
    summary: "BPF tokens: the file systems that hand them out",
    commands: [
      ...show("", "list what they allow", async () => (await import("./token/show.ts")).tokenShow),
      help(),
    ],
  },
  {
    word: "version",
    usage: "",
    summary: "print the version",
    load: async () => (await import("./version.ts")).showVersion,
  },
  {
    word: "snapshot",
    summary: "snapshots: the BPF objects of a machine in a file or folder",
    commands: [
      ...show(
        "[SOURCE]",
        "tell what a snapshot holds, or list the bundled ones",
        async () => (await import("./snapshot/show.ts")).snapshotShow,
      ),
      help(),
      {
        word: "save",
        usage: "FILE.zip | FOLDER [force] [description TEXT]",
        summary: "save all that the other commands show",
        options: ["map-data", "features", "no-kernel-btf"],
        load: async () => (await import("./snapshot/save.ts")).snapshotSave,
      },
    ],
  },
  {
    word: "cbpf",
    summary: "classic BPF: what tcpdump and seccomp filters are made of",
    commands: [
      {
        word: "dump",
        usage: "[FILE | - | insns TEXT] [be] [graph]",
        summary: "print a classic program that tcpdump -dd or -ddd wrote, or a sock_filter array",
        options: ["output"],
        load: async () => (await import("./cbpf/dump.ts")).cbpfDump,
      },
      help(),
    ],
  },
  {
    word: "whereis",
    usage: "{ ADDRESS | SYMBOL[+OFFSET[/SIZE]] | - }...",
    summary: "tell program, instruction and source line of a kernel address",
    load: async () => (await import("./whereis/whereis.ts")).whereis,
  },
  {
    word: "attachments",
    summary: "what is attached where, and what keeps each program loaded",
    commands: [
      ...show(
        "[PROG | dev NAME | cgroup PATH | func NAME]",
        "list programs with their hooks, and hooks with their programs",
        async () => (await import("./attachments/show.ts")).attachmentsShow,
      ),
      help(),
    ],
  },
  {
    word: "completion",
    usage: "[bash | zsh | fish]",
    summary: "print a shell's completion script",
    load: async () => (await import("./completion/completion.ts")).completion,
  },
];

export function isObject(entry: TopEntry): entry is CommandObject {
  return "commands" in entry;
}

export function isAbsent(entry: TopEntry | Command | Absent): entry is Absent {
  return "absent" in entry;
}
