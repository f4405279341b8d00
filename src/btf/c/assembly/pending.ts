/** Which types lead to a definition that the ordering pass has not come to yet: two thirds of a kernel's types do not. */
import * as KIND from "./kinds";
import { MAX_DEPTH } from "./limits";
import { isDone } from "./order";
import {
  count,
  hasName,
  isReference,
  itemType,
  kindOf,
  MEMBER_WORDS,
  PARAMETER_WORDS,
  referenceOf,
  tailOf,
  targetOf,
  vlenOf,
} from "./types";

/** What is known of a type; 0 where that is nothing yet. */
const LEADS: u8 = 1;
const LEADS_NOWHERE: u8 = 2;

/** By type id; holds as long as nothing is asked of the ordering pass. */
let known: usize = 0;

export function startPending(): void {
  known = heap.alloc(count);
}

/** False only if a type, asked for, gives nothing. Loops, and what is too deep, are for the ordering pass to judge. */
export function leadFrom(id: u32, depth: u32 = 0): bool {
  if (isDone(id)) return false;
  const before = load<u8>(known + id);
  if (before !== 0) return before === LEADS;
  store<u8>(known + id, LEADS);
  const leads = depth > MAX_DEPTH || isDefinition(id) || leadOn(id, depth + 1);
  if (!leads) store<u8>(known + id, LEADS_NOWHERE);
  return leads;
}

/** Whether a type has a definition of its own, or may have one. */
function isDefinition(id: u32): bool {
  switch (kindOf(id)) {
    case KIND.ENUM:
    case KIND.ENUM64:
    case KIND.FWD:
    case KIND.TYPEDEF:
      return true;
    case KIND.STRUCT:
    case KIND.UNION:
      return hasName(id);
    default:
      return false;
  }
}

function leadOn(id: u32, depth: u32): bool {
  if (isReference(id)) return leadFrom(referenceOf(id), depth);
  switch (kindOf(id)) {
    case KIND.STRUCT:
    case KIND.UNION:
      return anyLeads(id, MEMBER_WORDS, depth);
    case KIND.FUNC_PROTO:
      return leadFrom(targetOf(id), depth) || anyLeads(id, PARAMETER_WORDS, depth);
    default:
      return false;
  }
}

function anyLeads(id: u32, itemWords: u32, depth: u32): bool {
  const end = tailOf(id) + vlenOf(id) * itemWords;
  for (let item = tailOf(id); item < end; item += itemWords) if (leadFrom(itemType(item), depth)) return true;
  return false;
}
