/** Numbers counted by powers of two: slot i stands for 2^(i-1) .. 2^i-1, and slot 1 for 0, too. */
import { addExactly } from "./cpus.ts";

export interface Histogram {
  /** Of the member that was counted; "" where it is all there is. */
  readonly name: string;
  /** From the lowest up to the last that counts anything. */
  readonly rows: readonly HistogramRow[];
  /** Numbers below 0, which have no slot. */
  readonly negative: number | bigint;
}

/** `low` and `high` are both within. */
export interface HistogramRow {
  readonly low: bigint;
  readonly high: bigint;
  readonly count: number | bigint;
}

export class Slots {
  /** By slot; the first is never used by numbers that are counted here. */
  readonly #counts: (number | bigint)[] = [];
  #negative = 0;

  /** Counts one number. */
  count(value: number | bigint): void {
    if (value < 0) this.#negative++;
    else this.add(slotOf(value), 1);
  }

  /** For what was counted elsewhere. */
  add(slot: number, count: number | bigint): void {
    while (this.#counts.length <= slot) this.#counts.push(0);
    this.#counts[slot] = addExactly(this.#counts[slot] ?? 0, count);
  }

  histogram(name: string): Histogram {
    return { name, rows: rowsOf(this.#counts), negative: this.#negative };
  }
}

function slotOf(value: number | bigint): number {
  return Math.max(1, bitLength(value));
}

function bitLength(value: number | bigint): number {
  if (typeof value === "bigint") return value === 0n ? 0 : value.toString(2).length;
  const upper = Math.floor(value / 2 ** 32);
  return upper > 0 ? 64 - Math.clz32(upper) : 32 - Math.clz32(value);
}

/** Those who number their slots from 0 (0 for 0 -> 1) use slot 0, which has no meaning otherwise. */
function rowsOf(counts: readonly (number | bigint)[]): HistogramRow[] {
  const fromZero = (counts[0] ?? 0) !== 0 && counts[0] !== 0n;
  const slots = fromZero ? counts : counts.slice(1);
  const last = slots.findLastIndex((count) => count !== 0 && count !== 0n);
  return slots.slice(0, last + 1).map((count, i) => ({
    low: i === 0 ? 0n : 1n << BigInt(i),
    high: (1n << BigInt(i + 1)) - 1n,
    count,
  }));
}
