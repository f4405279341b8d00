/** Processes of our own with many descriptors, for the cases that walk /proc. */
import { spawn } from "node:child_process";

/** The first descriptor that a shell leaves free. */
const FIRST_FD = 10;

/** Runs `use` while `count` processes sleep, each with `fds` descriptors of its own kind: /dev/null. */
export async function withProcesses<T>(count: number, fds: number, use: () => Promise<T>): Promise<T> {
  const script = `
    for ((fd = ${FIRST_FD}; fd < ${FIRST_FD + fds}; fd++)); do eval "exec $fd</dev/null"; done
    for ((i = 0; i < ${count}; i++)); do sleep infinity & done
    trap 'kill $(jobs -p); exit' TERM
    echo ready
    wait`;
  const shell = spawn("bash", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => shell.once("exit", resolve));
  try {
    await new Promise((resolve) => shell.stdout.once("data", resolve));
    return await use();
  } finally {
    shell.kill("SIGTERM");
    await ended;
  }
}
