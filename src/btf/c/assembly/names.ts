/**
 * Names that are unique in C where those of BTF are not: the second `foo` is `foo___2`
 * (libbpf btf_dump.c:btf_dump_resolve_name). They are told by their number: 1 is the name as it is.
 */
import * as KIND from "./kinds";
import { NameUses } from "./name-uses";
import { count, hasName, kindOf, nameOffset, vlenOf } from "./types";

/** Numbers that were given out, by type id. */
let given: usize = 0;
/** Of struct, union and enum. */
let tags: NameUses = changetype<NameUses>(0);
/** Of typedefs and enumerators. */
let ordinary: NameUses = changetype<NameUses>(0);

export function startNames(): void {
  given = heap.alloc(count << 2);
  tags = new NameUses();
  ordinary = new NameUses();
}

/** What is only declared shares its name with what defines it. */
export function useOfTag(id: u32): u32 {
  const kind = kindOf(id);
  const declaredOnly = kind === KIND.FWD || (kind === KIND.ENUM && vlenOf(id) === 0);
  return declaredOnly || !hasName(id) ? 1 : give(id, tags);
}

export function useOfTypedef(id: u32): u32 {
  return give(id, ordinary);
}

/** Each call is another enumerator; its name starts at `offset`, its type is `id`. */
export function useOfEnumerator(offset: u32, id: u32): u32 {
  return ordinary.next(offset, id);
}

function give(id: u32, uses: NameUses): u32 {
  const place = given + ((<usize>id) << 2);
  const known = load<u32>(place);
  if (known !== 0) return known;
  const use = uses.next(nameOffset(id), id);
  store<u32>(place, use);
  return use;
}
