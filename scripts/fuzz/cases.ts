/** Cases by number: the same number is the same case in every run of a seed and a count. */
import { HEADER } from "./blob.ts";
import { type Input, mainFile, oneFile, sizeOfInput } from "./input.ts";
import { mutateBytes, mutateTypes, withSectionSize } from "./mutate-bytes.ts";
import { mutateSnapshot } from "./mutate-snapshot.ts";
import { Random } from "./random.ts";
import type { Seed } from "./seeds.ts";

export interface Case {
  readonly number: number;
  /** `snapshots/demo/btf/3872.btf, cut to 17 bytes` */
  readonly title: string;
  readonly input: Input;
  /** For what else the targets need. */
  readonly random: Random;
}

/** Cases of one kind made of one seed. */
interface Series {
  readonly seed: Seed;
  readonly count: number;
  make(index: number): { readonly what: string; readonly input: Input };
}

/** The strings end at a length out of so many: what is left of such BTF is read whole. */
const STRING_STEP = 13;

/** Every seed as it is, cut at each length, and with its sections ended early. */
function series(seed: Seed): Series[] {
  const { input, blob, large } = seed;
  const whole = { seed, count: 1, make: () => ({ what: "whole", input }) };
  if (input.kind === "snapshot" || large) return [whole];
  const { kind } = input;
  const bytes = mainFile(input);
  const cuts: Series = {
    seed,
    count: bytes.length,
    make: (length) => ({ what: `cut to ${length} bytes`, input: oneFile(kind, bytes.subarray(0, length)) }),
  };
  if (!blob) return [whole, cuts];
  const ended = (
    what: string,
    field: Parameters<typeof withSectionSize>[1],
    step: number,
    size: number,
  ): Series => ({
    seed,
    count: Math.ceil(size / step),
    make: (index) => ({
      what: `${what} ended after ${index * step} bytes`,
      input: oneFile("btf", withSectionSize(bytes, field, index * step)),
    }),
  });
  const typesSize = 4 * blob.types.reduce((size, { length }) => size + length, 0);
  return [
    whole,
    cuts,
    ended("types", HEADER.typesSize, 4, typesSize),
    ended("strings", HEADER.stringsSize, STRING_STEP, blob.strings.length),
  ];
}

function mutated({ input, blob }: Seed, random: Random): { what: string; input: Input } {
  if (input.kind === "snapshot") return { what: "changed", input: mutateSnapshot(input, random) };
  if (blob && blob.types.length > 0 && random.below(3) > 0)
    return { what: "types changed", input: oneFile("btf", mutateTypes(blob, random)) };
  return { what: "bytes changed", input: oneFile(input.kind, mutateBytes(mainFile(input), random)) };
}

/** How often a seed is mutated, in proportion: small ones are as telling as large ones, and quicker. */
function weight({ input, nasty, large }: Seed): number {
  const size = sizeOfInput(input);
  return (nasty ? 100 : 1000) / (large ? 20 * size : 500 + size);
}

export class CasePlan {
  readonly count: number;
  readonly #seed: number;
  readonly #series: readonly Series[];
  /** How many cases the series have together, and how many of those are in the plan. */
  readonly #systematic: number;
  readonly #taken: number;
  readonly #seeds: readonly Seed[];
  /** The weights of each seed and all before it. */
  readonly #weightsUpTo: readonly number[];

  /** Where `count` leaves no room for all systematic cases, half of it goes to some of them. */
  constructor(seeds: readonly Seed[], { seed, count }: { readonly seed: number; readonly count: number }) {
    this.count = count;
    this.#seed = seed;
    this.#series = seeds.flatMap(series);
    this.#systematic = this.#series.reduce((sum, { count: more }) => sum + more, 0);
    this.#taken = Math.min(this.#systematic, count >> 1);
    this.#seeds = seeds;
    let sum = 0;
    this.#weightsUpTo = seeds.map((seed) => {
      sum += weight(seed);
      return sum;
    });
  }

  case(number: number): Case {
    const random = new Random(this.#seed, number);
    const { seed, what, input } =
      number < this.#taken
        ? this.#systematicCase(Math.floor((number * this.#systematic) / this.#taken))
        : this.#mutatedCase(random);
    return { number, title: `${seed.name}, ${what}`, input, random };
  }

  #systematicCase(index: number) {
    let left = index;
    for (const { seed, count, make } of this.#series) {
      if (left < count) return { seed, ...make(left) };
      left -= count;
    }
    throw new RangeError(`there is no case ${index}`);
  }

  #mutatedCase(random: Random) {
    const wanted = (random.below(2 ** 32) / 2 ** 32) * (this.#weightsUpTo.at(-1) ?? 0);
    const seed = this.#seeds[this.#weightsUpTo.findIndex((sum) => sum > wanted)] as Seed;
    return { seed, ...mutated(seed, random) };
  }
}
