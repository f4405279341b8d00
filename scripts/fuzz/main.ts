/**
 * `npm run fuzz`: broken BTF, ELF objects and stored maps through everything that reads them. Each case must give a value
 * or an InspectError, soon, and in proportion to its size. Ends with status 1 where one does not.
 *
 * BPFLENS_FUZZ_SEED: another seed, other cases. BPFLENS_FUZZ_CASES: how many. BPFLENS_FUZZ_CASE: only the case of this
 * number, of the same seed and count. BPFLENS_FUZZ_OUT: where inputs of findings go; BPFLENS_FUZZ_ROOT: the repository.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { CasePlan } from "./cases.ts";
import { runAll } from "./pool.ts";
import { Findings, tables } from "./report.ts";
import { repositoryRoot } from "./repository.ts";
import { goodBtf, runCase } from "./run-case.ts";
import { allSeeds, goodBase } from "./seeds.ts";
import { emptyTally, type Tally } from "./tally.ts";

const DEFAULT_SEED = 20_261_120;
const DEFAULT_CASES = 240_000;

function write(text: string): void {
  process.stdout.write(text);
}

function outputFolder(): string {
  return process.env.BPFLENS_FUZZ_OUT ?? fs.mkdtempSync(path.join(os.tmpdir(), "bpflens-fuzz-"));
}

/** In this thread: for debuggers. */
function runOne(plan: CasePlan, root: string, number: number, findings: Findings): Tally {
  const tally = emptyTally();
  const good = goodBtf(goodBase(root));
  write(`case ${number}: ${plan.case(number).title}\n`);
  for (const finding of runCase(
    () => plan.case(number),
    good,
    tally,
    () => undefined,
  ))
    findings.add(finding);
  return tally;
}

const seed = Number(process.env.BPFLENS_FUZZ_SEED ?? DEFAULT_SEED);
const count = Number(process.env.BPFLENS_FUZZ_CASES ?? DEFAULT_CASES);
const only = process.env.BPFLENS_FUZZ_CASE;
const root = repositoryRoot();
const plan = new CasePlan(allSeeds(root), { seed, count });
const findings = new Findings(plan, outputFolder(), write);
write(`seed ${seed}, ${count} cases\n`);
const start = performance.now();
const tally =
  only === undefined
    ? await runAll(plan, {
        root,
        seed,
        threads: Math.max(2, os.availableParallelism()),
        onFinding: (finding) => findings.add(finding),
      })
    : runOne(plan, root, Number(only), findings);
write(tables(tally));
write(`seed ${seed}, ${((performance.now() - start) / 1000).toFixed(0)} s; ${findings.summary()}`);
process.exitCode = findings.count > 0 ? 1 : 0;
