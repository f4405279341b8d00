/** One case through all targets. */
import { Btf } from "../../src/btf/btf.ts";
import type { Case } from "./cases.ts";
import { cpuClock, wallClock } from "./clock.ts";
import { type InputKind, mainFile } from "./input.ts";
import { type Finding, Probe } from "./probe.ts";
import { emptyTally, type Tally } from "./tally.ts";
import { dumpTypes, readTypes } from "./targets/btf.ts";
import { type GoodBtf, mergeTypes } from "./targets/merge.ts";
import { readClassic, readCode } from "./targets/code.ts";
import { readElf } from "./targets/elf.ts";
import { readObjectFile } from "./targets/object.ts";
import { readSnapshot } from "./targets/snapshot.ts";
import { readValues } from "./targets/values.ts";

/** Milliseconds that a call may take. */
const SLOW = 1000;

/** Instructions alone. */
const NO_INFO = {
  funcInfo: new Uint8Array(),
  funcInfoRecSize: 8,
  lineInfo: new Uint8Array(),
  lineInfoRecSize: 16,
  jitedKsyms: [],
  jitedFuncLens: [],
};

/** One in so many cases is read as split BTF, too. */
const SPLIT = 3;

export function goodBtf(bytes: Uint8Array): GoodBtf {
  return { bytes, btf: new Btf(bytes) };
}

type Read = (probe: Probe, good: GoodBtf) => void;

const READERS: Readonly<Record<InputKind, Read>> = {
  btf: readBtf,
  elf: (probe) => {
    readElf(probe, probe.case.input);
    readObjectFile(probe, probe.case.input);
  },
  insns: (probe) => {
    const xlated = mainFile(probe.case.input);
    readCode(probe, { ...NO_INFO, xlated }, undefined, probe.case.random.below(2) === 0);
    readClassic(probe, xlated);
  },
  snapshot: (probe) => readSnapshot(probe, probe.case.input),
};

function readBtf(probe: Probe, good: GoodBtf): void {
  const bytes = mainFile(probe.case.input);
  const alone = probe.attempt("new Btf()", () => new Btf(bytes), { needsOffset: true });
  if (!alone) return;
  readAll(probe, alone, "");
  if (probe.case.random.below(SPLIT) > 0) return;
  const split = probe.attempt("split: new Btf()", () => new Btf(bytes, good.btf), { needsOffset: true });
  if (!split) return;
  readAll(probe, split, "split: ");
  mergeTypes(probe, alone, split, good);
}

function readAll(probe: Probe, btf: Btf, label: string): void {
  readTypes(probe, btf, label);
  dumpTypes(probe, btf, label);
  readValues(probe, btf, label);
}

/** `onAttempt` hears what is about to run, in case it does not end. */
export function runCase(
  makeCase: () => Case,
  good: GoodBtf,
  tally: Tally,
  onAttempt: (target: string) => void,
): Finding[] {
  const { findings, slowest, case: fuzzCase } = probed(makeCase(), good, tally, onAttempt);
  const { number, title } = fuzzCase;
  tally.cases++;
  if (slowest.time > tally.slowest.time) tally.slowest = { number, title, ...slowest };
  if (slowest.time <= SLOW) return findings;
  // The machine may have been busy with something else.
  const again = probed(makeCase(), good, emptyTally(), onAttempt, cpuClock).slowest;
  if (again.time <= SLOW) return findings;
  const detail = `${again.time.toFixed(0)} ms of CPU`;
  return [...findings, { number, title, target: again.target, what: "slow", detail }];
}

function probed(
  fuzzCase: Case,
  good: GoodBtf,
  tally: Tally,
  onAttempt: (target: string) => void,
  clock = wallClock,
): Probe {
  const probe = new Probe(fuzzCase, tally, onAttempt, clock);
  READERS[fuzzCase.input.kind](probe, good);
  return probe;
}
