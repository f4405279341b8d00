/** The words of `feature probe`, in any order (bpftool feature.c:do_probe). */
import type { FeatureRequest } from "../../model/feature-records.ts";
import { usageError } from "../usage.ts";
import { matchKeyword, type Words } from "../words.ts";

export interface ProbeWords extends FeatureRequest {
  /** Begins the names of macros; undefined where none are wanted. */
  readonly prefix?: string;
}

interface Read {
  kernel: boolean;
  device?: string;
  full: boolean;
  unprivileged: boolean;
  prefix?: string;
}

/** In the order in which bpftool matches them. */
const KEYWORDS = ["kernel", "dev", "full", "macros", "prefix", "unprivileged"] as const;

export function readProbeWords(words: Words): ProbeWords {
  const read: Read = { kernel: false, full: false, unprivileged: false };
  while (words.left > 0) {
    const word = words.take();
    readWord(word, words, read);
  }
  const { kernel, ...request } = read;
  return request;
}

function readWord(word: string, words: Words, read: Read): void {
  const keyword = matchKeyword(word, read.prefix === undefined ? KEYWORDS : AFTER_MACROS);
  switch (keyword) {
    case "kernel":
      checkComponent(read);
      read.kernel = true;
      return;
    case "dev":
      checkComponent(read);
      read.device = argumentOf(word, words);
      return;
    case "full":
    case "unprivileged":
      read[keyword] = true;
      return;
    case "macros":
      read.prefix = "";
      return;
    case "prefix":
      if (read.prefix === undefined) throw usageError("'prefix' argument can only be use after 'macros'");
      if (read.prefix !== "") throw usageError("'prefix' already defined");
      read.prefix = argumentOf(word, words);
      return;
    case undefined:
      throw usageError(`expected no more arguments, 'kernel', 'dev', 'macros' or 'prefix', got: '${word}'?`);
  }
}

/** There can be macros only once. */
const AFTER_MACROS = KEYWORDS.filter((keyword) => keyword !== "macros");

function checkComponent({ kernel, device }: Read): void {
  if (kernel || device !== undefined) throw usageError("component to probe already specified");
}

function argumentOf(word: string, words: Words): string {
  if (words.left === 0) throw usageError(`'${word}' needs at least 1 arguments, 0 found`);
  return words.take();
}
