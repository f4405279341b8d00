/** Recorded filters, and instructions in the forms that they are read from. */
import type { ClassicInsn } from "../../src/cbpf/insn.ts";
import { dataText } from "../support/data.ts";

export interface RecordedFilter {
  /** `-y EN10MB -O | tcp port 80` */
  readonly heading: string;
  /** What `-ddd` prints. */
  readonly numbers: string;
  /** What `-d` prints. */
  readonly listing: string;
}

export const FILTERS: readonly RecordedFilter[] = dataText(import.meta.url, "data/filters.txt")
  .split(/^== /m)
  .slice(1)
  .map((text) => {
    const [, heading = "", numbers = "", listing = ""] = /^(.*)\n([\s\S]*)^--\n([\s\S]*)$/m.exec(text) ?? [];
    return { heading, numbers, listing };
  });

/** The instructions of what `-ddd` prints. */
export function insnsOfNumbers(numbers: string): ClassicInsn[] {
  const [, ...lines] = numbers.trim().split("\n");
  return lines.map((line) => {
    const [code = 0, jt = 0, jf = 0, k = 0] = line.split(" ").map(Number);
    return { code, jt, jf, k };
  });
}

/** An array of struct sock_filter. */
export function arrayOf(insns: readonly ClassicInsn[], littleEndian = true): Uint8Array {
  const bytes = new Uint8Array(insns.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, jt, jf, k }] of insns.entries()) {
    view.setUint16(index * 8, code, littleEndian);
    view.setUint8(index * 8 + 2, jt);
    view.setUint8(index * 8 + 3, jf);
    view.setUint32(index * 8 + 4, k, littleEndian);
  }
  return bytes;
}

export function numbersOf(insns: readonly ClassicInsn[], separator = "\n"): string {
  return [insns.length, ...insns.map(({ code, jt, jf, k }) => `${code} ${jt} ${jf} ${k}`)].join(separator);
}

/** What `tcpdump -dd` prints. */
export function initialisersOf(insns: readonly ClassicInsn[]): string {
  return insns
    .map(
      ({ code, jt, jf, k }) =>
        `{ 0x${code.toString(16)}, ${jt}, ${jf}, 0x${k.toString(16).padStart(8, "0")} },\n`,
    )
    .join("");
}
