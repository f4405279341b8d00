/** All that makes new BTF out of BTF. */
import { Btf } from "../../../src/btf/btf.ts";
import { mergeBtf } from "../../../src/btf/merge/merge.ts";
import { relocateBtf } from "../../../src/btf/merge/relocate.ts";
import { rawPlain } from "../../../src/render/btf/raw.ts";
import type { Probe } from "../probe.ts";

/** Good BTF, to be split from and to be merged with. */
export interface GoodBtf {
  readonly bytes: Uint8Array;
  readonly btf: Btf;
}

/** `broken` as it is, and `split`: the same bytes split from the good BTF. */
export function mergeTypes(probe: Probe, broken: Btf, split: Btf, good: GoodBtf): void {
  const dump = (target: string, make: () => Btf) => {
    const made = probe.attempt(target, make);
    if (made) probe.text(`raw plain of ${target}`, (sink) => rawPlain(sink, made));
  };
  const base = good.btf;
  dump("mergeBtf()", () => mergeBtf(base, [split]));
  dump("mergeBtf() with itself", () => mergeBtf(base, [split, split]));
  dump("relocateBtf() to broken BTF", () => relocateBtf(split, base, broken));
  dump("relocateBtf()", () => relocateBtf(split, base, base));
  const onBroken = probe.attempt("new Btf() on broken BTF", () => new Btf(good.bytes, broken));
  if (!onBroken) return;
  dump("mergeBtf() on broken BTF", () => mergeBtf(broken, [onBroken]));
  dump("relocateBtf() from broken BTF", () => relocateBtf(onBroken, broken, base));
}
