/** What the commands about cgroups have in common. */
import { unsupportedError } from "../../errors.ts";
import type { CgroupSource } from "../../model/cgroup-records.ts";
import type { Registry } from "../../model/registry.ts";
import { usageError } from "../usage.ts";
import { matchKeyword, type Words } from "../words.ts";

/** `effective`, or nothing. */
export function effectiveWord(words: Words): boolean {
  let effective = false;
  while (words.left > 0) {
    const word = words.take();
    if (matchKeyword(word, ["effective"]) === undefined)
      throw usageError(`expected no more arguments, 'effective', got: '${word}'?`);
    if (effective) throw usageError(`duplicated argument: ${word}`);
    effective = true;
  }
  return effective;
}

export function cgroupsOf({ source }: Registry): CgroupSource {
  if (!source.cgroups) throw unsupportedError("only the running kernel and snapshots have cgroups");
  return source.cgroups();
}
