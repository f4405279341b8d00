/** A part of `npm run fuzz` in this process: every BTF of the fixtures, cut and changed. */
import { describe, expect, test } from "vitest";
import { CasePlan } from "../scripts/fuzz/cases.ts";
import { sizeOfInput } from "../scripts/fuzz/input.ts";
import { checkJson } from "../scripts/fuzz/output.ts";
import { repositoryRoot } from "../scripts/fuzz/repository.ts";
import { goodBtf, runCase } from "../scripts/fuzz/run-case.ts";
import { allSeeds, goodBase, type Seed } from "../scripts/fuzz/seeds.ts";
import { emptyTally } from "../scripts/fuzz/tally.ts";

const SEED = 1;
const COUNT = 1500;

const root = repositoryRoot();
const good = goodBtf(goodBase(root));
const seeds = allSeeds(root);

/** How long something takes is not for tests to tell. */
function findings(some: readonly Seed[], count: number): string[] {
  const plan = new CasePlan(some, { seed: SEED, count });
  const tally = emptyTally();
  const all = Array.from({ length: count }, (_, number) =>
    runCase(
      () => plan.case(number),
      good,
      tally,
      () => undefined,
    ),
  );
  return all
    .flat()
    .filter(({ what }) => what !== "slow")
    .map(
      ({ number, title, target, what, detail }) => `case ${number} (${title}): ${target}: ${what}: ${detail}`,
    );
}

describe("cases", () => {
  test("are the same in every run of a seed, and others of another", () => {
    const titles = (seed: number) => {
      const plan = new CasePlan(seeds, { seed, count: 100 });
      return Array.from({ length: 100 }, (_, number) => {
        const { title, input } = plan.case(number);
        return [title, ...[...input.files.values()].map((bytes) => Buffer.from(bytes).toString("base64"))];
      });
    };
    expect(titles(1)).toEqual(titles(1));
    expect(titles(1)).not.toEqual(titles(2));
  });

  test("cut a seed at each length", () => {
    const some = seeds.filter(({ name }) => name === "test/btf/data/values.btf");
    const plan = new CasePlan(some, { seed: SEED, count: 100_000 });
    const titles = new Set(Array.from({ length: 2000 }, (_, number) => plan.case(number).title));
    const length = some.map(({ input }) => sizeOfInput(input)).reduce((sum, size) => sum + size, 0);
    const cuts = Array.from({ length }, (_, size) => `test/btf/data/values.btf, cut to ${size} bytes`);
    expect(cuts.filter((title) => !titles.has(title))).toEqual([]);
    expect(length).toBeGreaterThan(1000);
  });
});

describe("checkJson()", () => {
  test.each([
    ['{"a":"0x","b":[-1,null]}', false],
    ['{"a":0x1f,"b":"\\"0x1","c":-0x5}', true],
  ])("takes %s", (text, plain) => checkJson(Buffer.from(text), { plain }));

  test.each([
    ["", false],
    ["[1,]", true],
    ["0x5", false],
    ['["\xff"]', false],
    ["[0xg]", true],
  ])("refuses %s", (text, plain) => {
    expect(() => checkJson(Buffer.from(text, "latin1"), { plain })).toThrow();
  });
});

test.each(["btf", "elf", "insns", "snapshot"] as const)("broken %s gives values or InspectErrors", (kind) => {
  const some = seeds.filter(({ input, large }) => input.kind === kind && !large);
  expect(findings(some, COUNT)).toEqual([]);
});
