/** `prog dump xlated`: every program of the stage, every option, every form. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { differences, lineOf, recorded } from "./compare.ts";
import { FORMS, inForms, only } from "./listings.ts";
import type { Case } from "./rules.ts";
import type { Stage } from "./stage.ts";
import { bpflens, bpftool, inPool, sameOutput } from "./tools.ts";

/** 7.1.0 takes one option at a time. */
const OPTIONS: readonly (readonly string[])[] = [[], ["linum"], ["opcodes"]];

export function dumpTests(stage: () => Stage): void {
  describe("prog dump xlated", () => {
    test.each(
      OPTIONS.flatMap((words) => FORMS.map((form) => [lineOf([...form, ...words]), form, words] as const)),
    )("every program with '%s'", async (_, form, words) => {
      const commands = stage().progs.map(
        ({ id }): Case => ({ about: "prog dump", argv: dump(form, id, words) }),
      );
      expect(await differences(commands)).toEqual([]);
    });

    test("linum and opcodes together are the sum of both", async () => {
      const problems = await inPool(stage().progs, async ({ id }) => {
        const plain = (await bpflens(dump([], id, ["linum", "opcodes"]))).stdout;
        const json = JSON.parse((await bpflens(dump(["-j"], id, ["opcodes", "linum"]))).stdout);
        const part = (form: string[], words: string[]) =>
          recorded.get(lineOf(dump(form, id, words)))?.stdout ?? "";
        const linum = JSON.parse(part(["-j"], ["linum"]));
        const opcodes = JSON.parse(part(["-j"], ["opcodes"]));
        return (
          plain.replace(OPCODES_LINE, "") === part([], ["linum"]) &&
          plain.replace(PLACE, "") === part([], ["opcodes"]) &&
          JSON.stringify(json) ===
            JSON.stringify(linum.map((insn: object, i: number) => ({ ...insn, ...opcodes[i] })))
        );
      });
      expect(problems).toEqual(stage().progs.map(() => true));
    });

    test("names are told behind what is printed without them", async () => {
      const problems = await inPool(stage().progs, async ({ id, name }) => {
        const plain = recorded.get(lineOf(dump([], id)))?.stdout;
        const named = (await bpflens(dump([], id, ["names"]))).stdout;
        return named.replace(NOTE, "") === plain ? [] : [`${id} ${name}`];
      });
      expect(problems.flat()).toEqual([]);
    });

    test("constant tail calls are resolved", async () => {
      const count = only(stage().progs, "step_count");
      const { stdout } = await bpflens(dump([], only(stage().progs, "step_parse").id, ["names"]));
      expect(Array.from(stdout.matchAll(/call bpf_tail_call#12 -> (.*)/g), ([, note]) => note)).toEqual([
        `slot 6: step_count (id ${count.id})`,
        "slot 3: empty",
      ]);
    });

    test("words in short, in any order", async () => {
      const { id } = only(stage().progs, "xdp_guard");
      const lines = [`p d x id ${id}`, `p d x i ${id} l -j`, `-p prog du xl name xdp_guard op`];
      expect(await differences(lines.map((line) => ({ about: "prog dump", argv: line.split(" ") })))).toEqual(
        [],
      );
    });

    test("several matches", async () => {
      const { tag = "" } = only(stage().progs, "twin_left");
      const words = ["prog", "dump", "xlated", "tag", tag];
      const commands = OPTIONS.flatMap((options) => inForms("prog dump", [...words, ...options]));
      expect(await differences(commands)).toEqual([]);
    });

    test("into a file", async () => {
      const [theirs, ours] = [
        path.join(stage().folder, "bpftool.bin"),
        path.join(stage().folder, "bpflens.bin"),
      ];
      for (const [index, { id }] of stage().progs.entries()) {
        const form = FORMS[index % FORMS.length] ?? [];
        const bpftoolSays = await bpftool([...dump(form, id), "file", theirs]);
        const bpflensSays = await bpflens([...dump(form, id), "file", ours]);
        expect(sameOutput(bpftoolSays, bpflensSays), `file of program ${id}`).toBe(true);
        expect(fs.readFileSync(ours).equals(fs.readFileSync(theirs)), `file of program ${id}`).toBe(true);
        expect(fs.statSync(ours).mode, "readable by its owner alone").toBe(fs.statSync(theirs).mode);
      }
    });
  });
}

const OPCODES_LINE = /^ {7}[0-9a-f]{2}(?: [0-9a-f]{2}){7,15}\n/gm;
const NOTE = /(?<=^ *\d+: .*) -> .*$/gm;
const PLACE = /(?<=^; .*) \[file:.* line_num:\d+ line_col:\d+\]$/gm;

function dump(form: readonly string[], id: number, words: readonly string[] = []): string[] {
  return [...form, "prog", "dump", "xlated", "id", String(id), ...words];
}
