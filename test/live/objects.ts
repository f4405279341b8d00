/** `--from x.o`: every object of the stage beside what the kernel has made of it, and beside llvm-objdump. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { PROG_TYPES } from "../../src/uapi/prog-types.ts";
import { OBJDUMP, ownInsns, printedInsns } from "../sources/objdump.ts";
import type { Shown, Stage } from "./stage.ts";
import { bpflens, bpftool, inPool, isInstalled, run } from "./tools.ts";

/** What the verifier puts something else in place of, whatever the program. */
const REWRITTEN = [
  // Fields of the context live elsewhere in the kernel.
  /^\([0-9a-f]{2}\) r\d+ = \*\(u\d+ \*\)/,
  /^\([0-9a-f]{2}\) \*\(u\d+ \*\)/,
  // Helpers and kfuncs become functions of the kernel, or instructions.
  /^\(85\) call bpf_\w+#/,
  // CO-RE relocations are answered.
  / -> .* \(\w+\)$/,
];
/** Programs whose read-only variables rule branches out: the kernel has fewer lines of them. */
const RULED_OUT: readonly string[] = ["on_openat"];
const CONDITION = /^\([0-9a-f]{2}\) if /;

/** References that the kernel's types and symbols are needed for: with them the tag is another. */
const CHANGED_BY_LOADING = /#kfunc$|ksym\[name:| -> .* \(\w+\)$/;

/** A program in an object file, and the same in the kernel. */
interface Pair {
  readonly object: string;
  readonly own: Shown;
  readonly loaded: Shown;
}

/** Its programs are loaded by the tests of struct_ops alone, and gone again. */
const NOT_STAGED = "congestion.o";

export function objectTests(stage: () => Stage): void {
  describe("objects as a source", () => {
    const objects = () =>
      fs
        .readdirSync(stage().folder)
        .filter((name) => name.endsWith(".o"))
        .map((name) => path.join(stage().folder, name));
    let pairs: readonly Pair[] = [];
    let mapNames = new Map<number, string>();

    test("every program under its name and type", async () => {
      const staged = objects().filter((object) => path.basename(object) !== NOT_STAGED);
      const found = await inPool(staged, (object) => pairsOf(object, stage().progs));
      expect(found.flatMap(({ missing }) => missing)).toEqual([]);
      pairs = found.flatMap((of) => of.pairs);
      expect(pairs.length).toBeGreaterThanOrEqual(35);
      const maps: readonly Shown[] = JSON.parse((await bpftool(["-j", "map", "show"])).stdout);
      mapNames = new Map(maps.map(({ id, name = "" }) => [id, name]));
    });

    test("source lines, tags, and instructions up to what the verifier rewrites", async () => {
      const problems = await inPool(pairs, async (pair) => {
        const [own, loaded] = await Promise.all([ownDump(pair), loadedDump(pair)]);
        const named = `${path.basename(pair.object)} ${pair.own.name}`;
        return [
          ...lineProblems(pair, own, loaded),
          ...tagProblems(pair, own),
          ...insnProblems(
            pair,
            own.map(ownText),
            loaded.map((line) => loadedText(line, mapNames)),
          ),
        ].map((problem) => `${named}: ${problem}`);
      });
      expect(problems.flat()).toEqual([]);
    });

    test.skipIf(!isInstalled(OBJDUMP[0]))("llvm-objdump finds the same", async () => {
      for (const object of objects()) {
        const { stdout } = await run([...OBJDUMP, object]);
        const printed = printedInsns(stdout);
        expect(printed.size, object).toBeGreaterThan(0);
        expect(ownInsns(fs.readFileSync(object)), object).toEqual(printed);
      }
    });
  });
}

async function pairsOf(object: string, loaded: readonly Shown[]) {
  const { stdout, stderr } = await bpflens(["-j", "--from", object, "prog", "show"]);
  const progs: readonly Shown[] = stderr === "" ? JSON.parse(stdout) : [];
  const pairs = progs.flatMap((own): Pair[] => {
    const same = loaded.find((prog) => prog.name === own.name && typeName(prog) === own.type);
    return same ? [{ object, own, loaded: same }] : [];
  });
  const missing = progs.filter(({ name }) => !pairs.some(({ own }) => own.name === name));
  const named = missing.map(({ name, type }) => `${object}: ${type} ${name}`);
  return { pairs, missing: progs.length === 0 ? [`${object}: no programs ${stderr}`] : named };
}

/** Older tools tell types that they do not know by number. */
function typeName({ type }: Shown): string | undefined {
  return typeof type === "number" ? PROG_TYPES[type] : type;
}

async function ownDump({ object, own }: Pair): Promise<string[]> {
  return dumpLines(await bpflens(["--from", object, ...dump(own.id)]));
}

async function loadedDump({ loaded }: Pair): Promise<string[]> {
  return dumpLines(await bpftool(dump(loaded.id)));
}

function dump(id: number): string[] {
  return ["prog", "dump", "xlated", "id", String(id), "linum"];
}

function dumpLines({ stdout, stderr }: { stdout: string; stderr: string }): string[] {
  return [...stdout.split("\n"), ...stderr.split("\n")].filter((line) => line !== "");
}

const isSource = (line: string) => line.startsWith("; ");

function lineProblems({ own }: Pair, ownLines: readonly string[], loadedLines: readonly string[]): string[] {
  const [ours, theirs] = [ownLines.filter(isSource), loadedLines.filter(isSource)];
  const kept = common(ours, theirs);
  if (kept.length < theirs.length) return [`${theirs.length - kept.length} source lines are missing`];
  if (ours.length > theirs.length && !RULED_OUT.includes(own.name ?? ""))
    return [`${ours.length - theirs.length} source lines too many`];
  return [];
}

function tagProblems({ own, loaded }: Pair, ownLines: readonly string[]): string[] {
  const changed = ownLines.some((line) => CHANGED_BY_LOADING.test(line));
  return !changed && own.tag !== loaded.tag ? [`tag ${own.tag}, loaded ${loaded.tag}`] : [];
}

function insnProblems(
  { own }: Pair,
  ours: readonly (string | undefined)[],
  theirs: readonly (string | undefined)[],
): string[] {
  const [left, right] = [ours, theirs].map((lines) => lines.filter((line) => line !== undefined));
  const plain = (left ?? []).map((line) => line.replace(/ -> .*$/, ""));
  const kept = new Set(common(plain, right ?? []).map(([at]) => at));
  const rules = RULED_OUT.includes(own.name ?? "") ? [...REWRITTEN, CONDITION] : REWRITTEN;
  const lost = (left ?? []).filter((line, at) => !kept.has(at) && !rules.some((rule) => rule.test(line)));
  return lost.map((line) => `the kernel has no '${line}'`);
}

/** An instruction without what depends on where things stand: `(85) call score`. */
function ownText(line: string): string | undefined {
  return insnText(line)
    ?.replace(/^(\(85\) call \w+)#pc[+-]\d+/, "$1")
    .replace(/subprog\[[+-]\d+\]#\w+/, "subprog");
}

function loadedText(line: string, mapNames: ReadonlyMap<number, string>): string | undefined {
  return insnText(line)
    ?.replace(/map\[id:(\d+)\]/, (_, id: string) => `map[name:${mapNames.get(Number(id))}]`)
    .replace(/^(\(85\) call )pc[+-]\d+#bpf_prog_[0-9a-f]{16}_/, "$1")
    .replace(/subprog\[[+-]\d+\]/, "subprog");
}

function insnText(line: string): string | undefined {
  return /^ *\d+: (.*)$/.exec(line)?.[1]?.replace(/goto pc[+-]\d+/, "goto");
}

/** The longest common subsequence, as places in both. */
function common(left: readonly string[], right: readonly string[]): [number, number][] {
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  const length = (i: number, j: number) => lengths[i * width + j] as number;
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        left[i] === right[j] ? 1 + length(i + 1, j + 1) : Math.max(length(i + 1, j), length(i, j + 1));
  const found: [number, number][] = [];
  for (let [i, j] = [0, 0]; i < left.length && j < right.length; ) {
    if (left[i] === right[j]) found.push([i++, j++]);
    else if (length(i + 1, j) >= length(i, j + 1)) i++;
    else j++;
  }
  return found;
}
