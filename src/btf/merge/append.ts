/** Types of several split BTF objects behind those of their base (libbpf btf.c:btf__add_btf). */
import { unsupportedError } from "../../errors.ts";
import type { Btf } from "../btf.ts";
import { StringSet } from "./strings.ts";
import {
  checkId,
  checkIds,
  joinTypes,
  noString,
  replaceIds,
  replaceNames,
  type Types,
  withBases,
} from "./types.ts";

export interface Appended {
  /** Of the base, then of each part. */
  readonly types: Types;
  /** Own strings. */
  readonly strings: Uint8Array;
}

/** The ids in all types are in range. */
export function appendParts(base: Btf, parts: readonly Btf[]): Appended {
  const types = joinTypes([...withBases(base), ...parts]);
  const strings = new StringSet(base, parts);
  for (let id = 1; id < base.typeCount; id++) checkIds(types, id, base.typeCount);
  let firstId = base.typeCount;
  for (const part of parts) {
    if (part.base !== undefined && part.base !== base)
      throw unsupportedError("BTF that is split from another base cannot be merged");
    renumber(types, firstId, part, strings);
    firstId += part.typeCount - part.firstId;
  }
  return { types, strings: strings.toBytes() };
}

/** The types from `firstId` on are those of `part`. */
function renumber(types: Types, firstId: number, part: Btf, strings: StringSet): void {
  const shift = firstId - part.firstId;
  const offsets = new Map<number, number>([[0, 0]]);
  for (let partId = part.firstId; partId < part.typeCount; partId++) {
    const id = partId + shift;
    replaceNames(types, id, (held) => {
      if (held < part.firstString) return held;
      const known = offsets.get(held);
      if (known !== undefined) return known;
      const text = part.string(held);
      if (text === undefined) throw noString(held, partId);
      const offset = strings.add(text);
      offsets.set(held, offset);
      return offset;
    });
    replaceIds(types, id, (held) => {
      checkId(held, partId, part.typeCount);
      return held < part.firstId ? held : held + shift;
    });
  }
}
