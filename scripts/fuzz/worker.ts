/** A thread that runs ranges of cases (see pool.ts). */
import { parentPort, workerData } from "node:worker_threads";
import { CasePlan } from "./cases.ts";
import type { Finding } from "./probe.ts";
import { Progress } from "./progress.ts";
import { goodBtf, runCase } from "./run-case.ts";
import { allSeeds, goodBase } from "./seeds.ts";
import { emptyTally, type Tally } from "./tally.ts";

export interface WorkerData {
  readonly root: string;
  readonly seed: number;
  readonly count: number;
  readonly progress: SharedArrayBuffer;
}

/** Cases from `from` to before `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export type Report =
  | { readonly kind: "finding"; readonly finding: Finding }
  /** The range is through. */
  | { readonly kind: "done"; readonly tally: Tally };

const { root, seed, count, progress: buffer } = workerData as WorkerData;
const progress = new Progress(buffer);
const plan = new CasePlan(allSeeds(root), { seed, count });
const good = goodBtf(goodBase(root));

function report(message: Report): void {
  parentPort?.postMessage(message);
}

parentPort?.on("message", ({ from, to }: Range) => {
  const tally = emptyTally();
  for (let number = from; number < to; number++) {
    progress.number = number;
    const findings = runCase(
      () => plan.case(number),
      good,
      tally,
      (target) => progress.begin(target),
    );
    for (const finding of findings) report({ kind: "finding", finding });
  }
  report({ kind: "done", tally });
});
