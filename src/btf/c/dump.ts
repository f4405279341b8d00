/** BTF as a C header, as `bpftool btf dump ... format c` writes it (bpftool btf.c:dump_btf_c). */
import type { TextSink } from "../../bytes/sink.ts";
import { notFoundError } from "../../errors.ts";
import type { Btf } from "../btf.ts";
import { DefinitionOrder } from "./definitions.ts";
import { DefinitionWriter } from "./emit.ts";
import { writeKfuncs } from "./kfuncs.ts";
import { Budget } from "./limits.ts";
import { sortedIds } from "./order.ts";
import { RawTypes } from "./raw-types.ts";
import { checkReferences } from "./references.ts";

export interface CDumpOptions {
  /** Only these types and what they need, in this order. */
  readonly rootIds?: readonly number[];
  /** By id instead of by kind and name. */
  readonly unsorted?: boolean;
}

const HEADER = `#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

#ifndef __ksym
#define __ksym __attribute__((section(".ksyms")))
#endif

#ifndef __weak
#define __weak __attribute__((weak))
#endif

#ifndef __bpf_fastcall
#if __has_attribute(bpf_fastcall)
#define __bpf_fastcall __attribute__((bpf_fastcall))
#else
#define __bpf_fastcall
#endif
#endif

`;

const TRAILER = `#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
`;

/**
 * Writes the types of `btf`, those of its base included. Unlike bpftool, which drops the first type of a sorted dump,
 * it writes all. Throws a malformed error where types make no C; some text may be written then.
 */
export function writeC(out: TextSink, btf: Btf, { rootIds, unsorted = false }: CDumpOptions = {}): void {
  const types = new RawTypes(btf);
  const missing = rootIds?.find((id) => btf.type(id) === undefined);
  if (missing !== undefined) throw notFoundError(`invalid root ID: ${missing}`);
  const { referenced, items } = checkReferences(types);
  const budget = new Budget(items);
  const order = new DefinitionOrder(types, referenced, budget);
  const writer = new DefinitionWriter(out, types, budget);
  const define = (ids: Iterable<number>) => {
    for (const root of ids) for (const id of order.next(root)) writer.define(id);
  };
  out.write(HEADER);
  if (rootIds) define(rootIds);
  else if (unsorted) define(new Uint8Array(types.count).keys());
  else {
    const { ranked, others } = sortedIds(types, budget);
    define(ranked);
    define(others((id) => order.isDone(id)));
  }
  if (!rootIds) writeKfuncs(out, types, writer.declarations);
  out.write(TRAILER);
}
