/** A machine in memory as a snapshot in a folder, for the command line to look at. */
import path from "node:path";
import { Registry } from "../../src/model/registry.ts";
import { writeTarget } from "../../src/sources/snapshot/sinks.ts";
import { type SaveOptions, saveSnapshot } from "../../src/sources/snapshot/write.ts";
import { type Machine, memorySource } from "./memory-source.ts";
import { type CliResult, runCli } from "./run-cli.ts";

/** The place of the snapshot. */
export function saveMachine(
  folder: string,
  name: string,
  machine: Machine,
  limits: Partial<SaveOptions> = {},
): string {
  const target = path.join(folder, name);
  const now = new Date("2026-11-20T10:00:00Z");
  const options = { now, maxEntries: 65_536, maxBytes: 1 << 24, kernelBtf: true, ...limits };
  const registry = new Registry(memorySource(machine));
  writeTarget(target, { force: false, now }, (sink) => saveSnapshot(registry, sink, options));
  return target;
}

/** A command line on a snapshot. Words are parted by single blanks; two blanks make an empty word. What -j and -p print is a document. */
export async function cliFrom(place: string, line: string | readonly string[]): Promise<CliResult> {
  const words = typeof line === "string" ? line.split(" ") : line;
  const result = await runCli(["--from", place, ...words]);
  if (words[0] === "-j" || words[0] === "-p") JSON.parse(result.stdout);
  return result;
}
