/**
 * `prog dump jited`: beside LLVM's disassembler, since Debian's bpftool has none, and beside what xlated
 * tells.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { only } from "./listings.ts";
import type { Stage } from "./stage.ts";
import { bpflens, inPool, type Output, run } from "./tools.ts";

/** What -j prints of a function. */
interface Func {
  readonly proto?: string;
  readonly name: string;
  readonly insns: readonly {
    readonly src?: string;
    readonly operation: string;
    readonly args: readonly string[];
    readonly opcodes: readonly string[];
  }[];
}

/** Only what does not depend on the address. */
const BRANCH = /^(j|call)/;

const dumps = new Map<number, Promise<Func[]>>();

/** Asked for once. */
function functions(id: number): Promise<Func[]> {
  const asked = dumps.get(id) ?? bpflens(["-j", ...dump(id, "linum", "opcodes")]).then(readFunctions);
  dumps.set(id, asked);
  return asked;
}

function readFunctions({ stdout }: Output): Func[] {
  return JSON.parse(stdout);
}

function dump(id: number, ...words: readonly string[]): string[] {
  return ["prog", "dump", "jited", "id", String(id), ...words];
}

export function jitedTests(stage: () => Stage): void {
  describe("prog dump jited", () => {
    test.runIf(process.arch === "x64")("instructions are those that llvm-mc decodes", async () => {
      const all = await inPool(stage().progs, ({ id }) => functions(id));
      const insns = all.flat().flatMap((func) => func.insns);
      expect(insns.length).toBeGreaterThan(1500);
      const bytes = insns.map(({ opcodes }) => opcodes.join(" ")).join("\n");
      const { stdout } = await run(["llvm-mc", "--disassemble", "--triple=x86_64"], `${bytes}\n`);
      const theirs = stdout.split("\n").slice(1, -1);
      const ours = insns.map(({ operation, args }) => ({ operation, operands: args.join(", ") }));
      expect(ours.map(({ operation, operands }) => withoutTarget(operation, operands))).toEqual(
        theirs.map((line) => {
          const [operation = "", operands = ""] = line
            .replace(/\s*#.*$/, "")
            .trim()
            .split(/\t/);
          return withoutTarget(operation, operands);
        }),
      );
    });

    test("bytes are those of the image", async () => {
      const different = await inPool(stage().progs, async ({ id, name }) => {
        const file = path.join(stage().folder, `jited-${id}.bin`);
        await bpflens(dump(id, "file", file));
        const listed = (await functions(id)).flatMap(({ insns }) => insns.flatMap(({ opcodes }) => opcodes));
        return fs.readFileSync(file).equals(Uint8Array.from(listed, Number)) ? [] : [`${id} ${name}`];
      });
      expect(different.flat()).toEqual([]);
    });

    test("functions, and source lines, are those of xlated", async () => {
      const different = await inPool(stage().progs, async ({ id, name }) => {
        const xlated: { proto?: string; src?: string }[] = JSON.parse(
          (await bpflens(["-j", "prog", "dump", "xlated", "id", String(id)])).stdout,
        );
        const jited = await functions(id);
        const protos = xlated.flatMap(({ proto }) => proto ?? []);
        const lines = new Set(xlated.map(({ src }) => src));
        const strange = jited.flatMap(({ insns }) => insns.filter(({ src }) => !lines.has(src)));
        const known = jited.flatMap(({ proto }) => proto ?? []);
        return strange.length > 0 || String(known) !== String(protos) ? [`${id} ${name}`] : [];
      });
      expect(different.flat()).toEqual([]);
    });

    test("functions have the names that xlated calls them by", async () => {
      const { id } = only(stage().progs, "xdp_guard");
      const { stdout } = await bpflens(["prog", "dump", "xlated", "id", String(id)]);
      const called = new Set(Array.from(stdout.matchAll(/call pc[+-]\d+#(\w+)/g), ([, symbol]) => symbol));
      const [, ...names] = (await functions(id)).map(({ name }) => name);
      expect(called.size).toBeGreaterThan(2);
      expect(new Set(names)).toEqual(called);
    });

    test("text, JSON and a snapshot say the same", async () => {
      const { id } = only(stage().progs, "tc_tally");
      const place = path.join(stage().folder, "jited.zip");
      await bpflens(["snapshot", "save", place, "--no-kernel-btf", "--map-data", "none"]);
      const plain = await bpflens(dump(id, "linum"));
      expect(await bpflens(["--from", place, ...dump(id, "linum")])).toEqual(plain);
      const listed = (await functions(id)).flatMap(({ insns }) => insns);
      expect(
        Array.from(plain.stdout.matchAll(/^ *[0-9a-f]+:\t(\w+)/gm), ([, operation]) => operation),
      ).toEqual(listed.map(({ operation }) => operation));
    });
  });
}

function withoutTarget(operation: string, operands: string): string {
  return BRANCH.test(operation) && !operands.startsWith("*") ? operation : `${operation} ${operands}`;
}
