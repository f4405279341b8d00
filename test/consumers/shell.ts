/** A shell in which `bpftool` is bpflens. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const CLI = path.resolve(import.meta.dirname, "../../bin/bpflens.cjs");

/** Tools of consumers that may be missing. */
export function isInstalled(tool: string): boolean {
  return (process.env.PATH ?? "").split(":").some((folder) => fs.existsSync(path.join(folder, tool)));
}

export interface ShellResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** Runs lines with bash, as their authors do, in a folder of their own. */
export type Shell = (line: string) => ShellResult;

/** `from`: what bpflens looks at. `command` is what else `bpftool` stands for. */
export function consumerShell(folder: string, from: string, command = [process.execPath, CLI]): Shell {
  const bin = fs.mkdtempSync(path.join(folder, "bin-"));
  const words = command.map((word) => `'${word}'`).join(" ");
  fs.writeFileSync(path.join(bin, "bpftool"), `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  const cwd = fs.mkdtempSync(path.join(folder, "cwd-"));
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, BPFLENS_FROM: from, TZ: "UTC" };
  return (line) => {
    const { stdout, stderr, status } = spawnSync("bash", ["-c", line], { cwd, env, encoding: "utf8" });
    return { stdout, stderr, status };
  };
}
