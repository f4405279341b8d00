/**
 * Which types are the same, word for word, and the hash by which such types find each other (libbpf btf.c:btf_equal_common and
 * its neighbours).
 */
import { BTF_KIND } from "../kinds.ts";
import { kindOf, vlenOf } from "../sections.ts";
import { isField } from "./fields.ts";
import { idFieldsOf, infoOf, kindOfId, lengthOf, nameOf, startOf, type Types } from "./types.ts";

const { ENUM, ENUM64 } = BTF_KIND;

/** The ids they hold, too. */
export function sameWords(types: Types, a: number, b: number): boolean {
  const { words } = types;
  const atA = startOf(types, a);
  const atB = startOf(types, b);
  const length = lengthOf(types, a);
  if (length !== lengthOf(types, b)) return false;
  for (let n = 0; n < length; n++) if (words[atA + n] !== words[atB + n]) return false;
  return true;
}

/** All but the ids they hold. */
export function sameShape(types: Types, a: number, b: number): boolean {
  if (infoOf(types, a) !== infoOf(types, b)) return false;
  const { words } = types;
  const atA = startOf(types, a);
  const atB = startOf(types, b);
  const length = lengthOf(types, a);
  const fields = idFieldsOf(types, a);
  for (let n = 0; n < length; n++) if (words[atA + n] !== words[atB + n] && !isField(fields, n)) return false;
  return true;
}

function isEnum(info: number): boolean {
  const kind = kindOf(info);
  return kind === ENUM || kind === ENUM64;
}

/** Such an enum has no enumerators: it is only declared. */
export function isEnumForward(types: Types, id: number): boolean {
  const info = infoOf(types, id);
  return isEnum(info) && vlenOf(info) === 0;
}

/** `a` is an enum. One that is only declared goes with any other of its name (libbpf btf.c:btf_compat_enum). */
export function compatibleEnums(types: Types, a: number, b: number): boolean {
  if (!isEnumForward(types, a) && !isEnumForward(types, b)) return sameWords(types, a, b);
  return nameOf(types, a) === nameOf(types, b) && isEnum(infoOf(types, b));
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** Equal for types with the same words. */
export function hashWords({ words, starts }: Types, id: number): number {
  const end = starts[id + 1] as number;
  let hash = 0;
  for (let at = starts[id] as number; at < end; at++) hash = mix(hash, words[at] as number);
  return hash;
}

/** Equal for types of the same shape. */
export function hashShape(types: Types, id: number): number {
  const fields = idFieldsOf(types, id);
  const start = startOf(types, id);
  const length = lengthOf(types, id);
  let hash = 0;
  for (let n = 0; n < length; n++)
    if (!isField(fields, n)) hash = mix(hash, types.words[start + n] as number);
  return hash;
}

/** Equal for enums that may be compatible. */
export function hashEnum(types: Types, id: number): number {
  return mix(0, nameOf(types, id));
}

/** The hash by which a type of the base is found (libbpf btf.c:btf_dedup_prep); undefined for one that is never sought. */
export function hashByKind(types: Types, id: number): number | undefined {
  switch (kindOfId(types, id)) {
    case BTF_KIND.VAR:
    case BTF_KIND.DATASEC:
      return undefined;
    case ENUM:
    case ENUM64:
      return hashEnum(types, id);
    case BTF_KIND.STRUCT:
    case BTF_KIND.UNION:
    case BTF_KIND.TYPEDEF:
      return hashShape(types, id);
    default:
      return hashWords(types, id);
  }
}
