/** Classic programs: what this machine's tcpdump compiles, listed by both. Needs nothing of the stage. */
import path from "node:path";
import { describe, expect, test } from "vitest";
import { hexText } from "../../src/bytes/hex.ts";
import { arrayOf, FILTERS, insnsOfNumbers } from "../cbpf/recorded.ts";
import { REQUIRED } from "./stage.ts";
import { bpflens, inPool, isInstalled, type Output, ROOT, run } from "./tools.ts";

/** Other versions than the recorded one refuse some filters. */
const MIN_FILTERS = 100;

export function classicTests(): void {
  describe.skipIf(!isInstalled("tcpdump") && !REQUIRED)("classic BPF", () => {
    test("filters are listed as tcpdump does", async () => {
      const compared = await inPool([...FILTERS.entries()], ([index, { heading }]) =>
        // One form in turn besides the first: there are many filters.
        compare(heading, ["-ddd", OTHER_FORMS[index % OTHER_FORMS.length] ?? "-dd"]),
      );
      expect(compared.flatMap((differences) => differences ?? [])).toEqual([]);
      expect(compared.filter((differences) => differences !== undefined).length).toBeGreaterThan(MIN_FILTERS);
    });
  });
}

/** What tcpdump prints with an option. */
type Tcpdump = (option: string) => Promise<Output>;

/** How a program reaches bpflens. */
const FORMS = {
  "-ddd": async (tcpdump: Tcpdump) => bpflensReading((await tcpdump("-ddd")).stdout),
  "-dd": async (tcpdump: Tcpdump) => bpflensReading((await tcpdump("-dd")).stdout),
  array: async (tcpdump: Tcpdump) => bpflensReading(Buffer.from(await arrayFrom(tcpdump)).toString("latin1")),
  hex: async (tcpdump: Tcpdump) => bpflens(["cbpf", "dump", "insns", hexText(await arrayFrom(tcpdump))]),
} as const satisfies Readonly<Record<string, (tcpdump: Tcpdump) => Promise<Output>>>;

type Form = keyof typeof FORMS;

const OTHER_FORMS: readonly Form[] = ["-dd", "array", "hex"];

/** Differences for people; undefined where this tcpdump refuses the filter. */
async function compare(heading: string, forms: readonly Form[]): Promise<string[] | undefined> {
  const [options = "", ...expression] = heading.split(" | ");
  const tcpdump: Tcpdump = (option) =>
    run(["tcpdump", ...options.split(" "), option, expression.join(" | ")]);
  const listing = await tcpdump("-d");
  if (listing.status !== 0) return undefined;
  const differences: string[] = [];
  for (const form of forms) {
    const { stdout, stderr, status } = await FORMS[form](tcpdump);
    if (stdout === listing.stdout && stderr === "" && status === 0) continue;
    differences.push(`${heading}, ${form}: ${stderr}\n${stdout}`);
  }
  return differences;
}

async function arrayFrom(tcpdump: Tcpdump): Promise<Uint8Array> {
  return arrayOf(insnsOfNumbers((await tcpdump("-ddd")).stdout));
}

function bpflensReading(input: string): Promise<Output> {
  return run([process.execPath, path.join(ROOT, "bin/bpflens.cjs"), "cbpf", "dump"], input);
}
