/** One command, both tools, and the rules between them. */
import { type Case, RULES, type Rule } from "./rules.ts";
import {
  bpflens,
  bpflensAsNobody,
  bpftool,
  bpftoolAsNobody,
  inPool,
  type Output,
  sameOutput,
} from "./tools.ts";

/** Objects come and go on a kernel that others use, too. */
const ATTEMPTS = 12;

/** Rules that have changed something. */
export const usedRules = new Set<string>();

/** What bpflens printed for each command line whose comparison went well. */
export const recorded = new Map<string, Output>();

/** All differences, as texts for people. Commands run side by side: for those that do not list everything. */
export async function differences(commands: readonly Case[]): Promise<string[]> {
  return (await inPool(commands, difference)).filter((text) => text !== undefined);
}

/** undefined where both tools print the same, by the rules. */
export async function difference(command: Case): Promise<string | undefined> {
  const { argv, asNobody } = command;
  const [theirRun, ourRun] = asNobody ? [bpftoolAsNobody, bpflensAsNobody] : [bpftool, bpflens];
  let failed: { ours: Output; text: string } | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await theirRun(argv);
    const ours = await ourRun(argv);
    const text = await compare(command, before, ours);
    if (text === undefined) {
      if (!asNobody) recorded.set(lineOf(argv), ours);
      return undefined;
    }
    // The kernel may have changed in between. Where it has not, and the difference stays, it is one.
    if (failed && sameOutput(failed.ours, ours)) return failed.text;
    failed = sameOutput(before, await theirRun(argv)) ? { ours, text } : undefined;
  }
  return failed?.text ?? `${lineOf(argv)}: the kernel changed in each of ${ATTEMPTS} attempts`;
}

export function lineOf(argv: readonly string[]): string {
  return argv.join(" ");
}

async function compare(command: Case, theirs: Output, ours: Output): Promise<string | undefined> {
  try {
    return await compareByRules(command, theirs, ours);
  } catch (error) {
    return `${lineOf(command.argv)}: ${error instanceof Error ? error.message : error}`;
  }
}

async function compareByRules(command: Case, theirs: Output, ours: Output): Promise<string | undefined> {
  const wanted = await byRules("bpftool", command, theirs, ours);
  const got = await byRules("bpflens", command, ours, theirs);
  const parts = (["stdout", "stderr"] as const).flatMap((part) =>
    firstDifference(part, wanted[part], got[part]),
  );
  if (wanted.status !== got.status) parts.push(`exit status ${wanted.status}, bpflens ${got.status}`);
  return parts.length === 0 ? undefined : [`${lineOf(command.argv)}:`, ...parts].join("\n  ");
}

/** A rule changes one tool's output, to the same result when it is applied again, and never the other's. */
async function byRules(side: Rule["side"], command: Case, output: Output, other: Output): Promise<Output> {
  let changed = output;
  for (const rule of RULES) {
    if (rule.side !== side || !rule.applies(command)) continue;
    const before = changed;
    changed = await rule.apply(before, command);
    if (sameOutput(before, changed)) continue;
    usedRules.add(rule.name);
    const again = await rule.apply(changed, command);
    const onOther = await rule.apply(other, command);
    if (!sameOutput(again, changed)) throw new Error(`rule '${rule.name}' is not idempotent`);
    if (!sameOutput(onOther, other)) throw new Error(`rule '${rule.name}' is not for ${side} alone`);
  }
  return changed;
}

const SHOWN = 300;

function firstDifference(part: string, wanted: string, got: string): string[] {
  if (wanted === got) return [];
  const [left, right] = [wanted.split("\n"), got.split("\n")];
  const at = left.findIndex((line, index) => line !== right[index]);
  const line = at < 0 ? left.length : at;
  const shown = (text: string | undefined) => (text === undefined ? "(end)" : text.slice(0, SHOWN));
  return [`${part} line ${line + 1}:`, `  bpftool ${shown(left[line])}`, `  bpflens ${shown(right[line])}`];
}
