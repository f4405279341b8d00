/** Findings as they come, and the tables at the end. */
import Table from "cli-table3";
import type { CasePlan } from "./cases.ts";
import { saveInput } from "./input.ts";
import type { Finding } from "./probe.ts";
import type { Tally } from "./tally.ts";

/** Findings of one cause that are told in full, with their input. */
const TOLD = 3;
const MAX_DETAIL = 3000;
const MAX_ERRORS = 40;
/** Between rows. */
const NO_LINES = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };

export class Findings {
  /** How many of each cause there were. */
  readonly #counts = new Map<string, number>();
  readonly #plan: CasePlan;
  readonly #folder: string;
  readonly #write: (text: string) => void;

  /** Inputs are saved in `folder`. */
  constructor(plan: CasePlan, folder: string, write: (text: string) => void) {
    this.#plan = plan;
    this.#folder = folder;
    this.#write = write;
  }

  get count(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  add(finding: Finding): void {
    const cause = causeOf(finding);
    const count = (this.#counts.get(cause) ?? 0) + 1;
    this.#counts.set(cause, count);
    if (count > TOLD) return;
    const { number, title, target, what, detail } = finding;
    const place = saveInput(this.#plan.case(number).input, this.#folder, `case-${number}`);
    this.#write(`case ${number} (${title}): ${target}: ${what}\n  input: ${place}\n${indented(detail)}\n\n`);
  }

  summary(): string {
    const lines = [...this.#counts]
      .sort(([, a], [, b]) => b - a)
      .map(([cause, count]) => `${count} x ${cause}\n`);
    return lines.length === 0 ? "no findings\n" : `findings:\n${lines.join("")}`;
  }
}

/** Findings with the same words at the same place have one cause. */
function causeOf({ target, what, detail }: Finding): string {
  const lines = detail.split("\n");
  const message = (lines[0] ?? "").replace(/[0-9]+/g, "N").slice(0, 100);
  const frame = lines.find((line) => /^\s+at /.test(line) && !line.includes("/fuzz/"))?.trim() ?? "";
  return what === "exception" || what === "broken" ? `${what}: ${message} ${frame}` : `${what}: ${target}`;
}

function indented(text: string): string {
  return text.slice(0, MAX_DETAIL).replace(/^/gm, "  ");
}

export function tables(tally: Tally): string {
  const targets = table(["target", "cases", "values", "errors", "findings", "ms"], "right");
  for (const [name, { cases, values, errors, findings, time }] of Object.entries(tally.targets).sort())
    targets.push([name, cases, values, errors, findings, time.toFixed(0)]);
  const errors = table(["error", "times"], "left");
  const kinds = Object.entries(tally.errors).sort(([, a], [, b]) => b - a);
  errors.push(...kinds.slice(0, MAX_ERRORS).map(([kind, count]) => [printable(kind), count]));
  const rest = kinds.slice(MAX_ERRORS);
  if (rest.length > 0)
    errors.push([`${rest.length} others`, rest.reduce((sum, [, count]) => sum + count, 0)]);
  const { number, title, target, time } = tally.slowest;
  return [
    targets.toString(),
    errors.toString(),
    `${tally.cases} cases; slowest: ${target} of case ${number} (${title}), ${time.toFixed(0)} ms; peak heap: ${(tally.peakHeap / 2 ** 20).toFixed(0)} MB`,
    "",
  ].join("\n");
}

function table(head: string[], align: "left" | "right") {
  const colAligns = head.map((_, i) => (i === 0 ? "left" : align));
  return new Table({ head, colAligns, chars: NO_LINES, style: { head: [], border: [] } });
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e…]/g, "?");
}
