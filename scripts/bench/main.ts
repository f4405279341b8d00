/**
 * `npm run bench`: the speed lines, side by side in one run. Ratios count, milliseconds depend on the machine.
 *
 * BPFLENS_BENCH_NODES and BPFLENS_BENCH_BPFTOOLS name further binaries, separated by colons. As root the live
 * cases run, too. BPFLENS_BENCH_ROUNDS: runs of each, 25 unless told otherwise. BPFLENS_BENCH_ONLY: only the cases whose
 * name has this text.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Table from "cli-table3";
import { withBigMaps } from "./big-maps.ts";
import {
  btfCases,
  type Case,
  type LargeFiles,
  mapCases,
  programCases,
  startUpCases,
  type Tools,
} from "./cases.ts";
import { isRoot, withLinks, withPrograms, withStage } from "./kernel.ts";
import {
  LIVE_LINKS,
  LIVE_PROGRAMS,
  listingCases,
  liveCases,
  PERF_FDS,
  PERF_PROCESSES,
  processCases,
} from "./live-cases.ts";
import { type Measured, measure, peakMemory, systemTime } from "./measure.ts";
import { withProcesses } from "./processes.ts";
import { branchyProgram, largeObject, programSnapshot, straightProgram } from "./programs.ts";

const VMLINUX = "/sys/kernel/btf/vmlinux";
const INSN_COUNTS = [100_000, 1_000_000];
const BLOCKS = 500;
const rounds = Number(process.env.BPFLENS_BENCH_ROUNDS ?? 25);

function binaries(fallback: string, variable: string): string[] {
  return [fallback, ...(process.env[variable] ?? "").split(":").filter(Boolean)];
}

/** What a program prints with `args`; undefined where it cannot run. */
function ask(program: string, ...args: string[]): string | undefined {
  const { status, stdout } = spawnSync(program, args, { encoding: "utf8" });
  return status === 0 ? stdout : undefined;
}

function findTools(): Tools {
  const nodes = binaries(process.execPath, "BPFLENS_BENCH_NODES").flatMap((path) => {
    const major = Number(ask(path, "-p", "process.versions.node.split('.')[0]"));
    return major > 0 ? [{ major, path }] : [];
  });
  const bpftools = binaries("bpftool", "BPFLENS_BENCH_BPFTOOLS").flatMap((path) => {
    const version = ask(path, "version")?.match(/v(\S+)/)?.[1];
    return version ? [{ version, path }] : [];
  });
  return { nodes, bpftools };
}

/** Milliseconds that the kernel works for bpflens, over what it works for a bare start. */
function kernelTime({ contestants }: Case): number {
  const [bpflens, bare] = contestants;
  return systemTime(bpflens, rounds) - (bare ? systemTime(bare, rounds) : 0);
}

/** One row of the result for each limit, or one without. */
function rows(entry: Case, measured: readonly Measured[]): string[][] {
  const { name, limits } = entry;
  const time = (who: string) => measured.find((entry) => entry.name === who)?.median ?? Number.NaN;
  const ours = time("bpflens");
  const others = measured.slice(1).map((entry) => `${entry.name} ${entry.median.toFixed(1)}`);
  return limits.map(({ times, plus = 0, kernel }) => {
    const terms = Object.entries(times);
    const beside = terms.reduce((sum, [who]) => sum + time(who), 0);
    const inKernel = kernel ? kernelTime(entry) : 0;
    const allowed = terms.reduce((sum, [who, factor]) => sum + factor * time(who), plus + inKernel);
    const limit = [
      ...terms.map(([who, factor]) => (factor === 1 ? who : `${factor} x ${who}`)),
      ...(plus > 0 ? [`${plus} ms`] : []),
      ...(kernel ? [`the kernel's ${inKernel.toFixed(1)} ms`] : []),
    ];
    const ratio = beside > 0 ? (ours / beside).toFixed(2) : "";
    const verdict = ours <= allowed ? "met" : "MISSED";
    return [name, ours.toFixed(1), others.join(", "), ratio, limit.join(" + "), verdict];
  });
}

async function runCases(list: readonly Case[]): Promise<string[][]> {
  const results: string[][] = [];
  for (const entry of list) {
    results.push(...rows(entry, measure(entry.contestants, Math.min(rounds, entry.rounds ?? rounds))));
    if (entry.memory !== undefined) results.push(await memoryRow(entry, entry.memory));
  }
  return results;
}

async function memoryRow({ name, contestants }: Case, limit: number): Promise<string[]> {
  const megabytes = (bytes: number) => `${(bytes / (1 << 20)).toFixed(0)} MB`;
  const peak = await peakMemory(contestants[0]);
  const verdict = peak > 0 && peak <= limit ? "met" : "MISSED";
  return [`${name}: memory`, megabytes(peak), "", (peak / limit).toFixed(2), megabytes(limit), verdict];
}

function largeFiles(folder: string): LargeFiles {
  const snapshot = (name: string, xlated: Uint8Array) => programSnapshot(path.join(folder, name), xlated);
  return {
    insns: INSN_COUNTS.map((count) => ({ count, snapshot: snapshot(`${count}`, straightProgram(count)) })),
    blocks: snapshot("blocks", branchyProgram(BLOCKS)),
    object: largeObject(folder),
    picture: path.join(folder, "graph.svg"),
  };
}

const only = process.env.BPFLENS_BENCH_ONLY ?? "";
const wanted = (list: readonly Case[]) => list.filter(({ name }) => name.includes(only));

const tools = findTools();
const results = await runCases(wanted(startUpCases(tools)));
const folder = mkdtempSync(path.join(tmpdir(), "bpflens-bench-"));
try {
  results.push(...(await runCases(wanted(programCases(tools, largeFiles(folder))))));
  if (existsSync(VMLINUX)) {
    const copy = path.join(folder, "vmlinux.btf");
    copyFileSync(VMLINUX, copy);
    results.push(...(await runCases(wanted(btfCases(tools, copy)))));
  }
  if (isRoot()) await runOnKernel();
  else process.stderr.write("the live cases need root\n");
} finally {
  rmSync(folder, { recursive: true });
}

/** What no case needs is not put into the kernel. */
async function runOnKernel(): Promise<void> {
  const listing = wanted(listingCases(tools));
  if (listing.length > 0) results.push(...(await withPrograms(LIVE_PROGRAMS, () => runCases(listing))));
  const live = (ids: readonly number[]) => wanted(liveCases(tools, folder, ids));
  const withAll = (use: (ids: readonly number[]) => Promise<string[][]>) =>
    withStage(() => withPrograms(LIVE_PROGRAMS, (ids) => withLinks(LIVE_LINKS, () => use(ids))));
  if (live([0]).length > 0) results.push(...(await withAll((ids) => runCases(live(ids)))));
  const perf = wanted(processCases(tools));
  if (perf.length > 0) results.push(...(await withProcesses(PERF_PROCESSES, PERF_FDS, () => runCases(perf))));
  const maps = (ids: Parameters<typeof mapCases>[1]) => wanted(mapCases(tools, ids));
  if (maps({ plain: 0, typed: 0 }).length > 0)
    results.push(...(await withBigMaps((ids) => runCases(maps(ids)))));
}

const table = new Table({
  head: ["case", "bpflens ms", "others ms", "ratio", "limit", ""],
  style: { head: [], border: [] },
});
table.push(...results);
process.stdout.write(`medians of ${rounds} interleaved runs\n${table.toString()}\n`);
