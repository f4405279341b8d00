/** Which types have to be defined, and in which order: what lies in a type comes before it. */
import { fail, Problem } from "./host";
import * as KIND from "./kinds";
import { MAX_DEPTH, spend } from "./limits";
import {
  count,
  elementOf,
  hasName,
  itemType,
  kindOf,
  MEMBER_WORDS,
  PARAMETER_WORDS,
  tailOf,
  targetOf,
  vlenOf,
} from "./types";

/** How far the ordering of a type is; 0 where it has not begun. */
const OPEN: u8 = 1;
const DONE: u8 = 2;

/** By type id. */
let states: usize = 0;
/** 1 for the types that another one refers to, by id. */
let referenced: usize = 0;
/** What the type that was asked for needs to be defined, and itself, in order. */
let queue: usize = 0;
let queued: u32 = 0;

export function startOrder(): void {
  states = heap.alloc(count);
  store<u8>(states, DONE);
  referenced = heap.alloc(count);
  queue = heap.alloc(count << 2);
}

export function referencedStart(): usize {
  return referenced;
}

/** Puts what type `id` needs into the queue, and itself, without what an earlier call has put there: how many they are. */
export function orderFrom(id: u32): u32 {
  queued = 0;
  order(id, false, 0);
  return queued;
}

export function queuedId(index: u32): u32 {
  return load<u32>(queue + ((<usize>index) << 2));
}

function enqueue(id: u32): void {
  store<u32>(queue + ((<usize>queued) << 2), id);
  queued++;
}

/** Whether a type, asked for, gives nothing more. */
export function isDone(id: u32): bool {
  return load<u8>(states + id) === DONE;
}

function setDone(id: u32): void {
  store<u8>(states + id, DONE);
}

/**
 * The ordering pass (libbpf btf_dump.c:btf_dump_order_type).
 * `pointed`: the type is met behind a pointer, where a named struct need only be declared. Tells whether a typedef of the
 * type, met behind a pointer, may come as early as this.
 */
function order(id: u32, pointed: bool, depth: u32): bool {
  if (isDone(id)) return true;
  if (depth > MAX_DEPTH) fail(Problem.TooDeep, id);
  spend(id);
  switch (kindOf(id)) {
    case KIND.PTR: {
      const early = order(targetOf(id), true, depth + 1);
      setDone(id);
      return early;
    }
    case KIND.ARRAY:
      return orderReference(id, elementOf(id), false, depth);
    case KIND.VOLATILE:
    case KIND.CONST:
    case KIND.RESTRICT:
    case KIND.TYPE_TAG:
      return orderReference(id, targetOf(id), pointed, depth);
    case KIND.STRUCT:
    case KIND.UNION:
      return orderComposite(id, pointed, depth);
    case KIND.ENUM:
    case KIND.ENUM64:
    case KIND.FWD:
      if (hasName(id) || load<u8>(referenced + id) === 0) enqueue(id);
      setDone(id);
      return true;
    case KIND.TYPEDEF:
      if (!order(targetOf(id), pointed, depth + 1) && pointed) return false;
      enqueue(id);
      setDone(id);
      return true;
    case KIND.FUNC_PROTO:
      return orderPrototype(id, pointed, depth);
    default:
      setDone(id);
      return false;
  }
}

/** An array or a modifier, which is done when what it is about is. */
function orderReference(id: u32, target: u32, pointed: bool, depth: u32): bool {
  const early = order(target, pointed, depth + 1);
  if (isDone(target)) setDone(id);
  return early;
}

function orderComposite(id: u32, pointed: bool, depth: u32): bool {
  const named = hasName(id);
  if (pointed && named) return false;
  if (load<u8>(states + id) === OPEN) fail(Problem.ContainsItself, id);
  store<u8>(states + id, OPEN);
  const end = tailOf(id) + vlenOf(id) * MEMBER_WORDS;
  for (let member = tailOf(id); member < end; member += MEMBER_WORDS) {
    const type = itemType(member);
    if (!isDone(type)) order(type, false, depth + 1);
  }
  if (named) enqueue(id);
  setDone(id);
  return true;
}

function orderPrototype(id: u32, pointed: bool, depth: u32): bool {
  let early = order(targetOf(id), pointed, depth + 1);
  const end = tailOf(id) + vlenOf(id) * PARAMETER_WORDS;
  for (let param = tailOf(id); param < end; param += PARAMETER_WORDS)
    if (order(itemType(param), pointed, depth + 1)) early = true;
  return early;
}
