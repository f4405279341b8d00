/** Split BTF moved to another base (libbpf btf_relocate.c:btf_relocate). */
import { malformedError, unsupportedError } from "../../errors.ts";
import { Btf } from "../btf.ts";
import { btfBlob } from "./blob.ts";
import { counterparts } from "./counterparts.ts";
import {
  checkIds,
  joinTypes,
  nameOf,
  noString,
  replaceIds,
  replaceNames,
  startOf,
  type Types,
  withBases,
} from "./types.ts";

/**
 * A module's BTF that was split from a distilled base (ELF section .BTF.base), as split from the kernel's BTF: types of the
 * distilled base become those of `base` with their name, kind and size. Throws a malformed error where there is no such
 * type, or more than one.
 */
export function relocateBtf(split: Btf, distilled: Btf, base: Btf): Btf {
  if (split.base !== distilled)
    throw unsupportedError("BTF that is split from another base cannot be relocated");
  const types = joinTypes(withBases(split));
  checkTypes(types, split);
  const baseTypes = joinTypes(withBases(base));
  const ids = counterparts({ types, distilled }, { types: baseTypes, btf: base });
  const names = namesOf(types, ids, baseTypes);
  const idShift = base.typeCount - distilled.typeCount;
  const nameShift = base.stringsEnd - distilled.stringsEnd;
  for (let id = distilled.typeCount; id < types.count; id++) {
    replaceIds(types, id, (held) => ids[held] ?? held + idShift);
    replaceNames(types, id, (held) => {
      if (held >= distilled.stringsEnd) return held + nameShift;
      const name = names.get(held);
      if (name === undefined)
        throw malformedError(
          "BTF",
          `type [${id}] has the name '${split.string(held)}', which no distilled type has`,
        );
      return name;
    });
  }
  const words = types.words.slice(startOf(types, distilled.typeCount));
  return new Btf(btfBlob(words, split.sections.strings), base);
}

function checkTypes(types: Types, split: Btf): void {
  for (let id = 1; id < types.count; id++) {
    checkIds(types, id, types.count);
    replaceNames(types, id, (held) => {
      if (held >= split.stringsEnd) throw noString(held, id);
      return held;
    });
  }
}

/** Offsets of the names of distilled types, by those in the base. */
function namesOf(types: Types, ids: Uint32Array, baseTypes: Types): Map<number, number> {
  const names = new Map([[0, 0]]);
  for (let id = 1; id < ids.length; id++) names.set(nameOf(types, id), nameOf(baseTypes, ids[id] as number));
  return names;
}
