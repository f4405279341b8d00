/** BTF as a C header, as `bpftool btf dump ... format c` writes it (bpftool btf.c:dump_btf_c). */
import type { TextSink } from "../../bytes/sink.ts";
import { notFoundError } from "../../errors.ts";
import type { Btf } from "../btf.ts";
import { DefinitionOrder } from "./definitions.ts";
import { Draft } from "./draft.ts";
import { DefinitionWriter } from "./emit.ts";
import { writeKfuncs } from "./kfuncs.ts";
import { Budget } from "./limits.ts";
import { sortedIds } from "./order.ts";
import { PendingDefinitions } from "./pending.ts";
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
  const draft = new Draft(out, types.bytes);
  const writer = new DefinitionWriter(draft, types, budget);
  const define = (ids: ArrayLike<number>) => {
    for (let i = 0; i < ids.length; i++) for (const id of order.next(ids[i] as number)) writer.define(id);
  };
  out.write(HEADER);
  try {
    if (rootIds) define(rootIds);
    else if (unsorted) define(Uint32Array.from({ length: types.count }, (_, id) => id));
    else {
      const { ranked, others } = sortedIds(types, budget);
      for (const ids of ranked) define(ids);
      const pending = new PendingDefinitions(types, order);
      define(others((id) => pending.leadFrom(id)));
    }
    if (!rootIds) writeKfuncs(draft, types, writer.declarations);
  } finally {
    draft.flush();
  }
  out.write(TRAILER);
}
