/** Writes definitions, each with the declarations that it needs. */
import { putComposite, putTypedef } from "./declare";
import { begin, endDefinition, putName, putToken } from "./draft";
import { putEnumeration } from "./enumerations";
import { fail, Problem } from "./host";
import * as KIND from "./kinds";
import { MAX_DEPTH, spend } from "./limits";
import { putTag } from "./name-writer";
import { orderFrom, queuedId } from "./order";
import { POLY128, POLY16, POLY64, POLY8, Token, TYPEDEF_KEYWORD } from "./tokens";
import {
  count,
  elementOf,
  hasName,
  isNamed,
  itemType,
  kindOf,
  MEMBER_WORDS,
  nameOffset,
  PARAMETER_WORDS,
  tailOf,
  targetOf,
  vlenOf,
} from "./types";

/** What is written of a type: nothing, some of what it needs, all of it. */
const NEW: u8 = 0;
const OPEN: u8 = 1;
const WRITTEN: u8 = 2;

/** In place of the id of a type that holds another one: there is none. */
const TOP: u32 = 0;

/** By type id. */
let states: usize = 0;
/** 1 for types that are declared ahead of their definition, by id. */
let declared: usize = 0;

export function startDefinitions(): void {
  states = heap.alloc(count);
  store<u8>(states, WRITTEN);
  declared = heap.alloc(count);
}

/** Writes the definitions of a type and of all that it needs, unless they are there already. */
export function defineFrom(id: u32): void {
  const queued = orderFrom(id);
  for (let i: u32 = 0; i < queued; i++) emit(queuedId(i), TOP, 0);
}

function isWritten(id: u32): bool {
  return load<u8>(states + id) === WRITTEN;
}

function isDeclared(id: u32): bool {
  return load<u8>(declared + id) === 1;
}

/** The emitting pass (libbpf btf_dump.c:btf_dump_emit_type). `holder`: the struct or typedef that needs the type. */
function emit(id: u32, holder: u32, depth: u32): void {
  const state = load<u8>(states + id);
  if (state === WRITTEN) return;
  if (depth > MAX_DEPTH) fail(Problem.TooDeep, id);
  spend(id);
  if (state === OPEN) return declareAhead(id, holder);
  switch (kindOf(id)) {
    case KIND.PTR:
    case KIND.VOLATILE:
    case KIND.CONST:
    case KIND.RESTRICT:
    case KIND.TYPE_TAG:
      return emitReference(id, targetOf(id), holder, depth + 1);
    case KIND.ARRAY:
      return emitReference(id, elementOf(id), holder, depth + 1);
    case KIND.FUNC_PROTO:
      emit(targetOf(id), holder, depth + 1);
      return emitItems(id, PARAMETER_WORDS, holder, depth + 1);
    case KIND.INT:
      definePolynomial(id);
      break;
    case KIND.ENUM:
    case KIND.ENUM64:
      if (holder === TOP) {
        begin(id);
        putEnumeration(id, 0);
        endDefinition();
      }
      break;
    case KIND.FWD:
      defineTag(id);
      break;
    case KIND.TYPEDEF:
      store<u8>(states + id, OPEN);
      emit(targetOf(id), id, depth + 1);
      if (!isDeclared(id)) defineTypedef(id);
      break;
    case KIND.STRUCT:
    case KIND.UNION:
      if (holder !== TOP && hasName(id)) return declare(id, holder);
      return emitComposite(id, holder, depth);
  }
  store<u8>(states + id, WRITTEN);
}

/** A type that says something about another one: when that is there or declared, nothing more comes of it. */
function emitReference(id: u32, target: u32, holder: u32, depth: u32): void {
  emit(target, holder, depth);
  if (isWritten(target) || isDeclared(target)) store<u8>(states + id, WRITTEN);
}

/** A definition, or an anonymous composite within one. */
function emitComposite(id: u32, holder: u32, depth: u32): void {
  store<u8>(states + id, OPEN);
  emitItems(id, MEMBER_WORDS, hasName(id) ? id : holder, depth + 1);
  if (holder === TOP) {
    begin(id);
    putComposite(id, 0);
    endDefinition();
  }
  store<u8>(states + id, holder === TOP ? WRITTEN : NEW);
}

/** The types of members or parameters. */
function emitItems(id: u32, itemWords: u32, holder: u32, depth: u32): void {
  const last = tailOf(id) + vlenOf(id) * itemWords;
  for (let item = tailOf(id); item < last; item += itemWords) {
    const type = itemType(item);
    if (!isWritten(type)) emit(type, holder, depth);
  }
}

/** An open type: what it needs, needs it. */
function declareAhead(id: u32, holder: u32): void {
  const kind = kindOf(id);
  if (kind === KIND.TYPEDEF && !isDeclared(id)) {
    store<u8>(declared + id, 1);
    defineTypedef(id);
  } else if ((kind === KIND.STRUCT || kind === KIND.UNION) && hasName(id)) declare(id, holder);
}

/** A struct or union declares itself. */
function declare(id: u32, holder: u32): void {
  if (isDeclared(id) || id === holder) return;
  store<u8>(declared + id, 1);
  defineTag(id);
}

function defineTag(id: u32): void {
  begin(id);
  putTag(id);
  endDefinition();
}

function defineTypedef(id: u32): void {
  if (isNamed(id, "__builtin_va_list")) return;
  begin(id);
  putTypedef(id);
  endDefinition();
}

/** Types of arm64 that a compiler has built in, but only as vectors' elements (libbpf btf_dump.c:missing_base_types). */
function definePolynomial(id: u32): void {
  let base: Token = 0;
  if (isNamed(id, "__Poly8_t")) base = POLY8;
  else if (isNamed(id, "__Poly16_t")) base = POLY16;
  else if (isNamed(id, "__Poly64_t")) base = POLY64;
  else if (isNamed(id, "__Poly128_t")) base = POLY128;
  else return;
  begin(id);
  putToken(TYPEDEF_KEYWORD);
  putToken(base);
  putName(nameOffset(id));
  endDefinition();
}
