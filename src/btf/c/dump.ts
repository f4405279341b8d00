/** BTF as a C header, as `bpftool btf dump ... format c` writes it (bpftool btf.c:dump_btf_c). */
import type { TextSink } from "../../bytes/sink.ts";
import { notFoundError } from "../../errors.ts";
import type { Btf } from "../btf.ts";
import { Definitions } from "./definitions.ts";
import { writeKfuncs } from "./kfuncs.ts";
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
  const definitions = new Definitions({ out, types, references: checkReferences(types) });
  out.write(HEADER);
  try {
    if (rootIds) for (const id of rootIds) definitions.writeFrom(id);
    else if (unsorted) definitions.writeUnsorted();
    else definitions.writeSorted();
    if (!rootIds) writeKfuncs(out, types, definitions);
  } finally {
    definitions.flush();
  }
  out.write(TRAILER);
}
