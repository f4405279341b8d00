/** Runs the two tools, and others. Output is byte text: one character for each byte. */
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  /** As a shell tells it: 128 and the signal's number for a process that a signal ended. */
  readonly status: number;
}

/** Folder of the repository. */
export const ROOT = path.resolve(import.meta.dirname, "../..");

const CLI = path.join(ROOT, "bin/bpflens.cjs");

const ENV = { ...process.env, TZ: "UTC", PATH: `${process.env.PATH}:/usr/sbin:/sbin`, BPFLENS_FROM: "" };

/** A user who may do nothing. */
const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] as const;

export type Run = (argv: readonly string[]) => Promise<Output>;

export const bpftool: Run = (argv) => run(["bpftool", ...argv]);
export const bpflens: Run = (argv) => run([process.execPath, CLI, ...argv]);
export const bpftoolAsNobody: Run = (argv) => run([...NOBODY, "bpftool", ...argv]);
export const bpflensAsNobody: Run = (argv) => run([...NOBODY, process.execPath, cliForNobody(), ...argv]);

let copy: string | undefined;

/** A copy of what the command line needs, where every user may read it: a checkout may be its owner's alone. */
function cliForNobody(): string {
  if (copy === undefined) {
    copy = fs.mkdtempSync(path.join(os.tmpdir(), "bpflens-nobody-"));
    fs.chmodSync(copy, 0o755);
    for (const part of ["package.json", "bin", "dist/cli", "node_modules/@koromix"]) {
      fs.cpSync(path.join(ROOT, part), path.join(copy, part), { recursive: true });
    }
  }
  return path.join(copy, "bin/bpflens.cjs");
}

export function removeCopy(): void {
  if (copy !== undefined) fs.rmSync(copy, { recursive: true });
  copy = undefined;
}

/** Ends in its output, whatever its status; throws only where there is no such program. */
export function run(command: readonly string[], input = ""): Promise<Output> {
  const [file = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env: ENV, cwd: ROOT });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (piece: Buffer) => stdout.push(piece));
    child.stderr.on("data", (piece: Buffer) => stderr.push(piece));
    child.stdin.on("error", () => {}); // whoever does not read its input need not
    child.stdin.end(Buffer.from(input, "latin1"));
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({
        stdout: Buffer.concat(stdout).toString("latin1"),
        stderr: Buffer.concat(stderr).toString("latin1"),
        status: code ?? 128 + (signal ? os.constants.signals[signal] : 0),
      }),
    );
  });
}

/** Like `run`, but nobody reads what it prints. */
export function runUnread(argv: readonly string[]): Promise<Omit<Output, "stdout">> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...argv], { env: ENV, cwd: ROOT });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.setEncoding("latin1").on("data", (piece: string) => {
      stderr += piece;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ stderr, status: code ?? -1 }));
  });
}

/** The command is on the PATH that `run` uses. */
export function isInstalled(command: string): boolean {
  return ENV.PATH.split(":").some((folder) => fs.existsSync(path.join(folder, command)));
}

/** `work` for every item, as many at once as there are CPUs; results in the order of the items. */
export async function inPool<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, worker));
  return results;
}

export function sameOutput(a: Output, b: Output): boolean {
  return a.stdout === b.stdout && a.stderr === b.stderr && a.status === b.status;
}
