/** Recorded merges and relocations; the README beside the data tells how they were taken. */
import { dataText } from "../../support/data.ts";

/** Blobs in base64; lines of the dump, null where bpftool failed. */
export interface RecordedMerge {
  readonly name: string;
  readonly base: string;
  readonly parts: readonly string[];
  readonly dump: readonly string[] | null;
}

export interface RecordedRelocation {
  readonly name: string;
  readonly distilled: string;
  readonly split: string;
  readonly base: string;
  readonly dump: readonly string[] | null;
}

export const RECORDED_MERGES: readonly RecordedMerge[] = read("merged.json.txt");
export const RECORDED_RELOCATIONS: readonly RecordedRelocation[] = read("relocated.json.txt");

function read(name: string) {
  return JSON.parse(dataText(import.meta.url, `../data/merge/${name}`));
}

export function blob(base64: string): Buffer {
  return Buffer.from(base64, "base64");
}

/** Dumps by the name of their case in cases.ts. */
export function madeDumps(): Map<string, string> {
  const texts = dataText(import.meta.url, "../data/merge/made.txt")
    .split(/^# /m)
    .slice(1);
  return new Map(
    texts.map((text) => [text.slice(0, text.indexOf("\n")), text.slice(text.indexOf("\n") + 1)]),
  );
}
