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
  /** bpflens may take this times the sum of what the others named here take, and `plus` milliseconds. */
  readonly limits: readonly {
    readonly factor: number;
    readonly of: readonly string[];
    readonly plus?: number;
  }[];
  /** Not without this many programs of our own in the kernel. */
  readonly programs?: number;
  /** Most bytes of memory that bpflens may take, told in a row of its own. */
  readonly memory?: number;
  /** Runs of each, where the usual number takes too long. */
  readonly rounds?: number;
}

export interface Tools {
  /** Node.js binaries by major version. */
  readonly nodes: readonly { readonly major: number; readonly path: string }[];
  /** bpftool binaries by version, without Debian's where it is not installed. */
  readonly bpftools: readonly { readonly version: string; readonly path: string }[];
}

export const LIVE_PROGRAMS = 200;

export function cases({ nodes, bpftools }: Tools): Case[] {
  return nodes.flatMap(({ major, path: node }) => {
    const bare: Contestant = { name: "node -e 0", command: [node, "-e", "0"] };
    const bpflens = (...args: string[]): Contestant => ({
      name: "bpflens",
      command: [node, BPFLENS, ...args],
    });
    const others = (...args: string[]): Contestant[] =>
      bpftools.map(({ version, path: tool }) => ({ name: `bpftool ${version}`, command: [tool, ...args] }));
    const startUp = { factor: major <= 20 ? 1.15 : 1.3, of: [bare.name] };
    const label = (what: string) => `${what} (Node ${major})`;
    return [
      { name: label("version"), contestants: [bpflens("version"), bare], limits: [startUp] },
      {
        name: label("--from demo prog show"),
        contestants: [bpflens("--from", "demo", "prog", "show"), bare],
        limits: [startUp],
      },
      {
        name: label(`live prog show, ${LIVE_PROGRAMS} programs`),
        contestants: [bpflens("prog", "show"), bare, ...others("prog", "show")],
        limits: [
          { factor: 1.3, of: [bare.name] },
          ...bpftools
            .filter(({ version }) => version === "7.8.0")
            .map(({ version }) => ({ factor: 1, of: [`bpftool ${version}`] })),
        ],
        programs: LIVE_PROGRAMS,
      },
      {
        name: label("live prog dump xlated"),
        contestants: [
          bpflens("prog", "dump", "xlated", "name", "xdp_guard"),
          bare,
          ...others("prog", "dump", "xlated", "name", "xdp_guard"),
        ],
        limits: bpftools
          .slice(0, 1)
          .map(({ version }) => ({ factor: 1, of: [bare.name, `bpftool ${version}`] })),
        programs: 1,
      },
    ];
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
        contestants: [
          { name: "bpflens", command: [node, BPFLENS, ...line] },
          { name: `bpftool ${debian.version}`, command: [debian.path, ...line] },
        ],
        limits: [{ factor: factors[major <= 20 ? 0 : 1], of: [`bpftool ${debian.version}`] }],
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
          contestants: [
            { name: "bpflens", command: [node, BPFLENS, ...line] },
            { name: `bpftool ${debian.version}`, command: [debian.path, ...line] },
          ],
          limits: [{ factor, of: [`bpftool ${debian.version}`] }],
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
    const bare: Contestant = { name: "node -e 0", command: [node, "-e", "0"] };
    const entry = (name: string, limit: { factor: number; plus?: number }, ...args: string[]): Case => ({
      name: `${name} (Node ${major})`,
      contestants: [{ name: "bpflens", command: [node, BPFLENS, ...args] }, bare],
      limits: [{ ...limit, of: limit.factor === 0 ? [] : [bare.name] }],
      rounds: LARGE_ROUNDS,
    });
    const id = String(PROGRAM);
    const jited = ["--from", "demo", "prog", "dump", "jited", "name", "tc_tally"];
    return [
      ...files.insns.flatMap(({ count, snapshot }) =>
        [[], ["-j"]].map((form) =>
          entry(
            `${["prog dump xlated", ...form].join(" ")} of ${count} instructions`,
            { factor: 1, plus: (DUMP_MS * count) / INSNS },
            ...["--from", snapshot, ...form, "prog", "dump", "xlated", "id", id],
          ),
        ),
      ),
      entry("prog dump jited of 400 bytes", { factor: 1.8 }, ...jited),
      entry(
        "prog graph of 500 blocks to SVG",
        { factor: 0, plus: 1000 },
        ...["--from", files.blocks, "prog", "graph", "id", id, "-o", files.picture],
      ),
      ...(files.object === undefined
        ? []
        : [
            entry(
              "prog show of a 2 MB object",
              { factor: 1, plus: 60 },
              "--from",
              files.object,
              "prog",
              "show",
            ),
          ]),
    ];
  });
}
