/** What is measured: each case is one bpflens command beside what its limit is told in. */
import path from "node:path";
import { ENTRIES } from "./big-maps.ts";
import type { Contestant } from "./measure.ts";

const BPFLENS = path.join(import.meta.dirname, "..", "..", "..", "bin", "bpflens.cjs");

export interface Case {
  readonly name: string;
  /** The first is bpflens. */
  readonly contestants: readonly [Contestant, ...Contestant[]];
  /** bpflens may take this times the sum of what the others named here take. */
  readonly limits: readonly { readonly factor: number; readonly of: readonly string[] }[];
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
