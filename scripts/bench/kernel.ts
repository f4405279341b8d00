/** Programs of our own in the running kernel, for the live cases: the stage of the live tests, and plain ones. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { liveSource } from "../../src/sources/live/source.ts";
import { makeAttr } from "../../src/sys/attr.ts";
import { loadFfi } from "../../src/sys/ffi.ts";
import { u32, u64 } from "../../src/sys/struct.ts";

const STAGE = path.join(import.meta.dirname, "..", "..", "..", "test", "fixtures", "stage.sh");
const NAME = `bench${process.pid}`;

const PROG_LOAD = 5;
const SOCKET_FILTER = 1;
const RAW_TRACEPOINT_OPEN = 17;
const RAW_TRACEPOINT = 17;
const TRACEPOINT_ATTR = { name: u64(0), progFd: u32(8), cookie: u64(16) };
const TRACEPOINT = "cgroup_release\0";
const LOAD_ATTR = {
  progType: u32(0),
  insnCount: u32(4),
  insns: u64(8),
  license: u64(16),
  logLevel: u32(24),
  logSize: u32(28),
  logBuf: u64(32),
};
/** r0 = 0; exit */
const INSNS = Uint8Array.from([0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0]);

export function isRoot(): boolean {
  return process.platform === "linux" && process.getuid?.() === 0;
}

/** Runs `use` with so many more programs that `total` are loaded, with all ids; this process holds them. */
export async function withPrograms<T>(
  total: number,
  use: (ids: readonly number[]) => Promise<T>,
): Promise<T> {
  const fds: number[] = [];
  try {
    for (let loaded = progIds().length; loaded < total; loaded++) fds.push(loadProgram(SOCKET_FILTER));
    return await use(progIds());
  } finally {
    for (const fd of fds) fs.closeSync(fd);
  }
}

/** Runs `use` with the stage: programs with maps, BTF and links, one of which runs at each system call of anybody. */
export async function withStage<T>(use: () => Promise<T>): Promise<T> {
  const out = fs.mkdtempSync(path.join(os.tmpdir(), "bpflens-bench-"));
  try {
    run("build", out);
    run("up", NAME, out);
    return await use();
  } finally {
    run("down", NAME);
    fs.rmSync(out, { recursive: true, force: true });
  }
}

function run(...args: string[]): void {
  const { status, stderr } = spawnSync("bash", [STAGE, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`stage.sh ${args.join(" ")} failed: ${stderr}`);
}

const ffi = loadFfi();

function progIds(): number[] {
  return [...liveSource().progs()].map(({ id }) => id);
}

/** Runs `use` with so many more links that `total` are there, on a tracepoint that is never hit. */
export async function withLinks<T>(total: number, use: () => Promise<T>): Promise<T> {
  const prog = loadProgram(RAW_TRACEPOINT);
  const fds = [prog];
  try {
    for (let links = [...liveSource().links()].length; links < total; links++) fds.push(openTracepoint(prog));
    return await use();
  } finally {
    for (const fd of fds) fs.closeSync(fd);
  }
}

function openTracepoint(progFd: number): number {
  const attr = makeAttr(TRACEPOINT_ATTR, { progFd });
  const fd = ffi.bpf(RAW_TRACEPOINT_OPEN, attr, [
    { holder: attr, offset: TRACEPOINT_ATTR.name.offset, target: Buffer.from(TRACEPOINT) },
  ]);
  if (fd < 0) throw new Error(`BPF_RAW_TRACEPOINT_OPEN failed: errno ${-fd}`);
  return fd;
}

function loadProgram(progType: number): number {
  const attr = makeAttr(LOAD_ATTR, { progType, insnCount: INSNS.length / 8 });
  const fd = ffi.bpf(PROG_LOAD, attr, [
    { holder: attr, offset: LOAD_ATTR.insns.offset, target: INSNS },
    { holder: attr, offset: LOAD_ATTR.license.offset, target: Buffer.from("GPL\0") },
  ]);
  if (fd < 0) throw new Error(`BPF_PROG_LOAD failed: errno ${-fd}`);
  return fd;
}
