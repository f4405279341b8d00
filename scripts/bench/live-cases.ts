/** The cases that look at the running kernel, with programs, links and processes of our own in it. */
import fs from "node:fs";
import path from "node:path";
import { BARE, bpftool, type Case, onNode, type Tools, toolName } from "./cases.ts";

export const LIVE_PROGRAMS = 200;
export const LIVE_LINKS = 100;
export const PERF_PROCESSES = 200;
export const PERF_FDS = 50;

const LISTED = ["link", "net", "btf", "perf"];
const BATCH_LINES = 1000;
/** A batch is so many times as fast as a process for each line. */
const BATCH_GAIN = 20;
const SLOW_ROUNDS = 9;

/** Of programs without maps and BTF. */
export function listingCases(tools: Tools): Case[] {
  return progShow(tools, `${LIVE_PROGRAMS} programs`);
}

function progShow({ nodes, bpftools }: Tools, what: string): Case[] {
  const newest = bpftools.find(({ version }) => version === "7.8.0");
  return nodes.map(({ major, path: node }) => {
    const { bare, bpflens } = onNode(node);
    return {
      name: `live prog show, ${what} (Node ${major})`,
      contestants: [bpflens("prog", "show"), bare, ...bpftools.map((tool) => bpftool(tool, "prog", "show"))],
      limits: [{ times: { [BARE]: 1.3 } }, ...(newest ? [{ times: { [toolName(newest)]: 1 } }] : [])],
    };
  });
}

/** `ids` are those of programs; the lines of a batch go into `folder`. */
export function liveCases(tools: Tools, folder: string, ids: readonly number[]): Case[] {
  const { nodes, bpftools } = tools;
  const batch = path.join(folder, "batch");
  const lines = Array.from({ length: BATCH_LINES }, (_, i) => `prog show id ${ids[i % ids.length]}\n`);
  fs.writeFileSync(batch, lines.join(""));
  const [debian] = bpftools;
  const listing = progShow(tools, `${LIVE_PROGRAMS} programs, one of which traces system calls`);
  const more = nodes.flatMap(({ major, path: node }): Case[] => {
    const { bare, bpflens } = onNode(node);
    const label = (what: string) => `${what} (Node ${major})`;
    const others = (...args: string[]) => bpftools.map((tool) => bpftool(tool, ...args));
    const xlated = ["prog", "dump", "xlated", "name", "xdp_guard"];
    return [
      ...(debian
        ? [
            {
              name: label("live prog dump xlated"),
              contestants: [bpflens(...xlated), bare, bpftool(debian, ...xlated)] as const,
              limits: [{ times: { [BARE]: 1, [toolName(debian)]: 1 } }],
            },
          ]
        : []),
      ...LISTED.map((object) => ({
        name: label(`live ${object} show, ${LIVE_PROGRAMS} programs and ${LIVE_LINKS} links`),
        contestants: [bpflens(object, "show"), bare, ...others(object, "show")] as const,
        limits: [{ times: { [BARE]: 1.3 }, kernel: true }],
      })),
      {
        name: label(`live batch of ${BATCH_LINES} lines`),
        contestants: [
          bpflens("batch", "file", batch),
          { ...bpflens("prog", "show", "id", String(ids[0])), name: "a process" },
        ],
        limits: [{ times: { "a process": BATCH_LINES / BATCH_GAIN } }],
        rounds: SLOW_ROUNDS,
      },
    ];
  });
  return [...listing, ...more];
}

/** With many processes that have many descriptors. */
export function processCases({ nodes, bpftools: [debian] }: Tools): Case[] {
  if (!debian) return [];
  return nodes.map(({ major, path: node }) => {
    const { bare, bpflens } = onNode(node);
    return {
      name: `live perf show, ${PERF_PROCESSES} processes of ${PERF_FDS} descriptors (Node ${major})`,
      contestants: [bpflens("perf", "show"), bare, bpftool(debian, "perf", "show")],
      limits: [{ times: { [BARE]: 1, [toolName(debian)]: 2 } }],
      rounds: SLOW_ROUNDS,
    };
  });
}
