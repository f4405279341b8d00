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

export interface Command {
  readonly word: string;
  /** What may follow the word. */
  readonly usage: string;
  readonly summary: string;
  /** Options that are its own. */
  readonly options?: readonly OwnOption[];
  /** Loads the command: what is not run is not read. */
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
  ...absent("batch"),
  {
    word: "prog",
    summary: "programs: list them, dump their instructions, draw their control flow",
    commands: [
      ...show("[PROG]", "list programs", async () => (await import("./prog/show.ts")).progShow),
      help(),
      {
        word: "dump",
        usage: "{ xlated | jited } PROG [file FILE] [opcodes] [linum] [visual]",
        summary: "print a program's instructions",
        load: async () => (await import("./prog/dump.ts")).progDump,
      },
      ...absent("pin", "load", "loadall", "attach", "detach", "tracelog", "run", "profile"),
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
  ...absent("cgroup"),
  {
    word: "perf",
    summary: "programs on perf events, tracepoints and probes",
    commands: [
      ...show("", "list them with their processes", async () => (await import("./perf/show.ts")).perfShow),
      help(),
    ],
  },
  ...absent("net", "feature"),
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
  ...absent("gen", "struct_ops", "iter", "token"),
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
        options: ["map-data", "no-kernel-btf"],
        load: async () => (await import("./snapshot/save.ts")).snapshotSave,
      },
    ],
  },
  {
    word: "completion",
    usage: "",
    summary: "print a completion script for bash or zsh",
    load: async () => (await import("./completion.ts")).completion,
  },
];

export function isObject(entry: TopEntry): entry is CommandObject {
  return "commands" in entry;
}

export function isAbsent(entry: TopEntry | Command | Absent): entry is Absent {
  return "absent" in entry;
}
