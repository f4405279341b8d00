/** What is measured: each case is one bpflens command beside what its limit is told in. */
import path from "node:path";
import { ENTRIES } from "./big-maps.ts";
import type { Contestant } from "./measure.ts";
import { PROGRAM } from "./programs.ts";

const BPFLENS = path.join(import.meta.dirname, "..", "..", "..", "bin", "bpflens.cjs");

export interface Case {
  readonly name: string;
  /** The first is bpflens. */
  readonly contestants: readonly [Contestant, ...Contestant[]];
  readonly limits: readonly Limit[];
  /** Most bytes of memory that bpflens may take, told in a row of its own. */
  readonly memory?: number;
  /** Runs of each, where the usual number takes too long. */
  readonly rounds?: number;
}

/** bpflens may take so many times what each of the others named here takes, together, and `plus` milliseconds. */
export interface Limit {
  readonly times: Readonly<Record<string, number>>;
  readonly plus?: number;
  /** And what the kernel takes for it, over what it takes for a bare start. */
  readonly kernel?: boolean;
}

export interface Tools {
  /** Node.js binaries by major version. */
  readonly nodes: readonly { readonly major: number; readonly path: string }[];
  /** bpftool binaries by version, without Debian's where it is not installed. */
  readonly bpftools: readonly Bpftool[];
}

export interface Bpftool {
  readonly version: string;
  readonly path: string;
}

export function toolName({ version }: Bpftool): string {
  return `bpftool ${version}`;
}

export function bpftool(tool: Bpftool, ...args: string[]): Contestant {
  return { name: toolName(tool), command: [tool.path, ...args] };
}

export const BARE = "node -e 0";

/** A bare start of Node.js, and bpflens on it. */
export function onNode(node: string) {
  return {
    bare: { name: BARE, command: [node, "-e", "0"] } satisfies Contestant,
    bpflens: (...args: string[]): Contestant => ({ name: "bpflens", command: [node, BPFLENS, ...args] }),
  };
}

export function startUpCases({ nodes }: Tools): Case[] {
  return nodes.flatMap(({ major, path: node }) => {
    const { bare, bpflens } = onNode(node);
    const limits = [{ times: { [BARE]: major <= 20 ? 1.15 : 1.3 } }];
    return ["version", "--from demo prog show"].map((line) => ({
      name: `${line} (Node ${major})`,
      contestants: [bpflens(...line.split(" ")), bare],
      limits,
    }));
  });
}

/** `btf dump` of a copy of the kernel's own BTF, beside Debian's bpftool. */
export function btfCases({ nodes, bpftools }: Tools, file: string): Case[] {
  const [debian] = bpftools;
  if (!debian) return [];
  const forms = [
    { name: "raw", options: [], format: [], factors: [1.1, 0.8] },
    { name: "-j", options: ["-j"], format: [], factors: [1.1, 0.8] },
    { name: "format c", options: [], format: ["format", "c"], factors: [2.4, 1.6] },
  ] as const;
  return forms.flatMap(({ name, options, format, factors }) =>
    nodes.map(({ major, path: node }): Case => {
      const line = [...options, "btf", "dump", "file", file, ...format];
      return {
        name: `btf dump of vmlinux, ${name} (Node ${major})`,
        contestants: [onNode(node).bpflens(...line), bpftool(debian, ...line)],
        limits: [{ times: { [toolName(debian)]: factors[major <= 20 ? 0 : 1] } }],
      };
    }),
  );
}

const MAX_MAP_MEMORY = 200 << 20;
/** Whole dumps of a million entries take bpftool seconds. */
const MAP_ROUNDS = 3;

/** `map dump` of a million entries, beside Debian's bpftool. */
export function mapCases(
  { nodes, bpftools }: Tools,
  ids: { readonly plain: number; readonly typed: number },
): Case[] {
  const [debian] = bpftools;
  if (!debian) return [];
  const maps = [
    { name: "without BTF", id: ids.plain, factor: 0.25 },
    { name: "with BTF", id: ids.typed, factor: 0.35 },
  ] as const;
  return maps.flatMap(({ name, id, factor }) =>
    [[], ["-j"]].flatMap((options) =>
      nodes.map(({ major, path: node }): Case => {
        const line = [...options, "map", "dump", "id", String(id)];
        return {
          name: `${["map dump", ...options].join(" ")} of ${ENTRIES} entries ${name} (Node ${major})`,
          contestants: [onNode(node).bpflens(...line), bpftool(debian, ...line)],
          limits: [{ times: { [toolName(debian)]: factor } }],
          memory: MAX_MAP_MEMORY,
          rounds: MAP_ROUNDS,
        };
      }),
    ),
  );
}

export interface LargeFiles {
  /** Snapshots with a program of so many instructions, and with one of 500 blocks. */
  readonly insns: readonly { readonly count: number; readonly snapshot: string }[];
  readonly blocks: string;
  /** A BPF object of 2 MB. */
  readonly object: string | undefined;
  /** Where pictures go. */
  readonly picture: string;
}

/** Milliseconds over a bare start for each 100,000 instructions. */
const DUMP_MS = 300;
const INSNS = 100_000;
const LARGE_ROUNDS = 9;

/** Dumps, graphs and objects, beside a bare start. */
export function programCases({ nodes }: Tools, files: LargeFiles): Case[] {
  return nodes.flatMap(({ major, path: node }) => {
    const { bare, bpflens } = onNode(node);
    const entry = (name: string, limit: Limit, ...args: string[]): Case => ({
      name: `${name} (Node ${major})`,
      contestants: [bpflens(...args), bare],
      limits: [limit],
      rounds: LARGE_ROUNDS,
    });
    const id = String(PROGRAM);
    const jited = ["--from", "demo", "prog", "dump", "jited", "name", "tc_tally"];
    return [
      ...files.insns.flatMap(({ count, snapshot }) =>
        [[], ["-j"]].map((form) =>
          entry(
            `${["prog dump xlated", ...form].join(" ")} of ${count} instructions`,
            { times: { [BARE]: 1 }, plus: (DUMP_MS * count) / INSNS },
            ...["--from", snapshot, ...form, "prog", "dump", "xlated", "id", id],
          ),
        ),
      ),
      entry("prog dump jited of 400 bytes", { times: { [BARE]: 1.8 } }, ...jited),
      entry(
        "prog graph of 500 blocks to SVG",
        { times: {}, plus: 1000 },
        ...["--from", files.blocks, "prog", "graph", "id", id, "-o", files.picture],
      ),
      ...(files.object === undefined
        ? []
        : [
            entry(
              "prog show of a 2 MB object",
              { times: { [BARE]: 1 }, plus: 60 },
              "--from",
              files.object,
              "prog",
              "show",
            ),
          ]),
    ];
  });
}
