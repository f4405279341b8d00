/**
 * Runs cases in threads. One that hangs or runs out of memory is ended, which is a finding; the rest of its range is run
 * again without the case.
 */
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { CasePlan } from "./cases.ts";
import type { Finding } from "./probe.ts";
import { Progress } from "./progress.ts";
import { addTally, emptyTally, type Tally } from "./tally.ts";
import type { Range, Report, WorkerData } from "./worker.ts";

export interface PoolOptions {
  readonly root: string;
  readonly seed: number;
  readonly threads: number;
  /** Hears of each finding once. */
  readonly onFinding: (finding: Finding) => void;
}

const RANGE = 500;
/** Milliseconds that a call, a case may take. */
const TIMEOUT = 20_000;
const CASE_TIMEOUT = 60_000;
const LOOK = 500;
/** Of a thread. */
const MAX_HEAP_MB = 1024;

const WORKER = path.join(import.meta.dirname, `worker${path.extname(import.meta.filename)}`);

/** What came of all cases of a plan. */
export async function runAll(plan: CasePlan, options: PoolOptions): Promise<Tally> {
  const queue = rangesOf(plan.count);
  const tally = emptyTally();
  const seen = new Set<string>();
  const onFinding = (finding: Finding) => {
    const key = `${finding.number} ${finding.target} ${finding.what}`;
    if (seen.has(key)) return;
    seen.add(key);
    options.onFinding(finding);
  };
  const threads = Array.from({ length: options.threads }, () =>
    new Thread(plan, queue, tally, { ...options, onFinding }).run(),
  );
  await Promise.all(threads);
  return tally;
}

function rangesOf(count: number): Range[] {
  return Array.from({ length: Math.ceil(count / RANGE) }, (_, i) => ({
    from: i * RANGE,
    to: Math.min(count, (i + 1) * RANGE),
  }));
}

class Thread {
  readonly #plan: CasePlan;
  readonly #queue: Range[];
  readonly #tally: Tally;
  readonly #options: PoolOptions;

  constructor(plan: CasePlan, queue: Range[], tally: Tally, options: PoolOptions) {
    this.#plan = plan;
    this.#queue = queue;
    this.#tally = tally;
    this.#options = options;
  }

  /** As many workers as it takes, one after the other, until no range is left. */
  async run(): Promise<void> {
    while (this.#queue.length > 0) await this.#runWorker();
  }

  async #runWorker(): Promise<void> {
    const progress = new Progress();
    const { root, seed } = this.#options;
    const workerData: WorkerData = { root, seed, count: this.#plan.count, progress: progress.buffer };
    const worker = new Worker(WORKER, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    const death = await this.#feed(worker, progress);
    await worker.terminate();
    if (!death) return;
    const { range, what, detail } = death;
    const { number } = progress;
    const { title } = this.#plan.case(number);
    this.#options.onFinding({ number, title, target: progress.target, what, detail });
    this.#queue.push({ from: range.from, to: number }, { from: number + 1, to: range.to });
  }

  /** Gives the worker ranges until none is left; tells how it died, if it did. */
  #feed(worker: Worker, progress: Progress): Promise<Death | undefined> {
    return new Promise((resolve) => {
      let range: Range | undefined;
      const die = (what: Finding["what"], detail: string) => {
        clearInterval(watch);
        resolve(range && { range, what, detail });
      };
      const next = () => {
        range = this.#queue.pop();
        if (range) return worker.postMessage(range);
        clearInterval(watch);
        resolve(undefined);
      };
      const stuck = stuckWatch(progress);
      const watch = setInterval(() => {
        const why = range && stuck();
        if (why !== undefined) die("hang", why);
      }, LOOK);
      worker.on("message", (report: Report) => {
        if (report.kind === "finding") return this.#options.onFinding(report.finding);
        addTally(this.#tally, report.tally);
        next();
      });
      worker.on("error", (error: Error & { readonly code?: string }) => {
        const isMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
        die(isMemory ? "out of memory" : "exception", error.stack ?? error.message);
      });
      next();
    });
  }
}

/** Tells, when asked from time to time, whether a call or a case takes too long. */
function stuckWatch(progress: Progress): () => string | undefined {
  const look = () => ({ value: "", since: performance.now() });
  const last = { call: look(), case: look() };
  const age = (what: keyof typeof last, value: string): number => {
    if (value !== last[what].value) last[what] = { ...look(), value };
    return performance.now() - last[what].since;
  };
  return () => {
    if (age("call", `${progress.number} ${progress.calls}`) > TIMEOUT)
      return `a call of more than ${TIMEOUT} ms`;
    if (age("case", `${progress.number}`) > CASE_TIMEOUT) return `a case of more than ${CASE_TIMEOUT} ms`;
    return undefined;
  };
}

interface Death {
  readonly range: Range;
  readonly what: Finding["what"];
  readonly detail: string;
}
