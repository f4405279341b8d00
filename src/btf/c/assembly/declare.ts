/** C text of types: definitions and declarations. Nothing ends in a semicolon here. */
import { chained, height, pop, push, startChain, top } from "./chain";
import { keepPrefix, length, putLine, putName, putNumber, putPrefix, putToken } from "./draft";
import { putEnumeration } from "./enumerations";
import { fail, Problem } from "./host";
import * as KIND from "./kinds";
import { alignmentOf, isPacked, putPadding, putWidth, sizeOfType } from "./layout";
import { MAX_DEPTH, MAX_NESTING, spend } from "./limits";
import { putTag, putUse } from "./name-writer";
import { useOfTypedef } from "./names";
import {
  ATTRIBUTE,
  BLANK,
  CLOSE_BRACE,
  CLOSE_INDEX,
  CLOSE_PARENTHESIS,
  CONST_KEYWORD,
  END_OF_ATTRIBUTE,
  END_OF_MEMBER,
  END_OF_TYPE_TAG,
  MORE_PARAMETERS,
  NEXT_PARAMETER,
  OPEN_BRACE,
  OPEN_INDEX,
  OPEN_PARENTHESIS,
  PACKED,
  RESTRICT_KEYWORD,
  STAR,
  Token,
  TYPE_TAG_ATTRIBUTE,
  TYPEDEF_KEYWORD,
  VA_LIST,
  VOID,
  VOLATILE_KEYWORD,
} from "./tokens";
import {
  arrayLength,
  bitOffset,
  bitSize,
  byteAt,
  count,
  elementOf,
  flagOf,
  hasName,
  isNamed,
  itemType,
  kindOf,
  MEMBER_WORDS,
  nameOffset,
  offsetAt,
  PARAMETER_WORDS,
  sizeIn,
  tailOf,
  targetOf,
  vlenOf,
} from "./types";

/** In place of where a name starts. */
const NO_NAME: u32 = 0;

/** What stands before a name, by type id, where that is the same everywhere: most members share few types. 0: not kept. */
let prefixes: usize = 0;
/** How many declarators are open. */
let nesting: u32 = 0;

export function startDeclarations(): void {
  prefixes = heap.alloc(count << 2);
  startChain();
}

/** libbpf btf_dump.c:btf_dump_emit_typedef_def */
export function putTypedef(id: u32): void {
  const use = useOfTypedef(id);
  const name = nameOffset(id);
  const target = targetOf(id);
  putToken(TYPEDEF_KEYWORD);
  if (target !== 0 || !isNamed(id, "__gnuc_va_list")) return putDeclaration(target, name, 0, use);
  putToken(VA_LIST);
  putUse(name, use);
}

/** libbpf btf_dump.c:btf_dump_emit_struct_def. `level` is how many braces are open around it. */
export function putComposite(id: u32, level: u32): void {
  const packed = isPacked(id);
  const flag = flagOf(id);
  const first = tailOf(id);
  const last = first + vlenOf(id) * MEMBER_WORDS;
  let end: u64 = 0;
  let afterBitField = false;
  spend(id, vlenOf(id));
  putTag(id);
  putToken(OPEN_BRACE);
  for (let member = first; member < last; member += MEMBER_WORDS) {
    const type = itemType(member);
    const from: u64 = bitOffset(member, flag);
    const bits: u64 = bitSize(member, flag);
    if (end < from) {
      const alignment = packed ? 1 : alignmentOf(type);
      putPadding(id, end, from, alignment, afterBitField && bits > 0, level + 1);
    }
    putLine(level + 1);
    putDeclaration(type, offsetAt(member), level + 1, 1);
    if (bits > 0) putWidth(bits);
    putToken(END_OF_MEMBER);
    end = from + (bits > 0 ? bits : 8 * <u64>sizeOfType(type));
    afterBitField = bits > 0;
  }
  const size: u64 = sizeIn(id);
  if (kindOf(id) === KIND.STRUCT && end < size * 8)
    putPadding(id, end, size * 8, packed ? 1 : alignmentOf(id), false, level + 1);
  if (last > first || size > 0) putLine(level);
  putToken(CLOSE_BRACE);
  if (packed) putToken(PACKED);
}

/**
 * A type and the name it has there: of a member, a parameter, a typedef, a function. `name` is where that starts, `use` its
 * number, as in names.ts.
 */
export function putDeclaration(id: u32, name: u32, level: u32, use: u32): void {
  const known = load<u32>(prefixes + ((<usize>id) << 2));
  if (known === 0 || nesting >= MAX_NESTING) return declareNew(id, name, level, use);
  putPrefix(known);
  putSeparated(name, use, kindOf(id) === KIND.PTR);
}

/** A type whose prefix is not known. */
function declareNew(id: u32, name: u32, level: u32, use: u32): void {
  const floor = height;
  pushChain(id);
  if (!isPlain(floor)) return putDeclarator(floor, name, level, use);
  const start = length();
  putDeclarator(floor, NO_NAME, level, 1);
  store<u32>(prefixes + ((<usize>id) << 2), keepPrefix(start));
  putSeparated(name, use, kindOf(id) === KIND.PTR);
}

/** A second name of no characters has a number. */
function isThere(name: u32, use: u32): bool {
  return use > 1 || byteAt(name) !== 0;
}

/** A name after a type. */
function putSeparated(name: u32, use: u32, afterStar: bool): void {
  if (!isThere(name, use)) return;
  if (!afterStar) putToken(BLANK);
  putUse(name, use);
}

/** Whether a name comes behind all else, and what it is put behind is the same on each level. */
function isPlain(floor: u32): bool {
  const last = height - 1;
  for (let i = floor; i < last; i++) {
    const kind = kindOf(chained(i));
    if (kind === KIND.ARRAY || kind === KIND.FUNC_PROTO) return false;
  }
  const base = chained(last);
  return base === 0 || hasName(base);
}

/** A type and what it is made of, up to the first that stands on its own. */
function pushChain(id: u32): void {
  let at = id;
  for (let depth: u32 = 0; ; depth++) {
    spend(id);
    if (depth > MAX_DEPTH) fail(Problem.TooDeep, id);
    push(at);
    switch (kindOf(at)) {
      case KIND.PTR:
      case KIND.VOLATILE:
      case KIND.CONST:
      case KIND.RESTRICT:
      case KIND.TYPE_TAG:
      case KIND.FUNC_PROTO:
        at = targetOf(at);
        break;
      case KIND.ARRAY:
        at = elementOf(at);
        break;
      default:
        return;
    }
  }
}

/** What is left of a declaration (libbpf btf_dump.c:btf_dump_emit_type_chain). */
function putDeclarator(floor: u32, name: u32, level: u32, use: u32): void {
  if (++nesting > MAX_NESTING) fail(Problem.TooNested, top());
  putOutwards(floor, name, level, use);
  nesting--;
}

function putOutwards(floor: u32, name: u32, level: u32, use: u32): void {
  let afterStar = true;
  while (height > floor) {
    const id = pop();
    const kind = kindOf(id);
    switch (kind) {
      case KIND.PTR:
        if (!afterStar) putToken(BLANK);
        putToken(STAR);
        break;
      case KIND.VOLATILE:
      case KIND.CONST:
      case KIND.RESTRICT:
        putToken(BLANK);
        putToken(modifierToken(kind));
        break;
      case KIND.TYPE_TAG:
        takeModifiers(floor);
        putAttribute(id);
        break;
      case KIND.ARRAY:
        dropModifiers(floor);
        putElement(floor, name, level, use, afterStar);
        putToken(OPEN_INDEX);
        putNumber(arrayLength(id));
        return putToken(CLOSE_INDEX);
      case KIND.FUNC_PROTO:
        dropModifiers(floor);
        if (height > floor) {
          putToken(BLANK);
          putInParentheses(floor, name, level, use);
        } else putSeparated(name, use, afterStar);
        return putParameters(id, level);
      default:
        takeModifiers(floor);
        putBase(id, level);
    }
    afterStar = kind === KIND.PTR;
  }
  putSeparated(name, use, afterStar);
}

/** What stands between the type of an array's elements and their number. */
function putElement(floor: u32, name: u32, level: u32, use: u32, afterStar: bool): void {
  if (height === floor) return putSeparated(name, use, afterStar);
  if (!afterStar && isThere(name, use)) putToken(BLANK);
  if (kindOf(top()) === KIND.ARRAY) putDeclarator(floor, name, level, use);
  else putInParentheses(floor, name, level, use);
}

function putInParentheses(floor: u32, name: u32, level: u32, use: u32): void {
  putToken(OPEN_PARENTHESIS);
  putDeclarator(floor, name, level, use);
  putToken(CLOSE_PARENTHESIS);
}

function putParameters(id: u32, level: u32): void {
  const first = tailOf(id);
  const last = first + vlenOf(id) * PARAMETER_WORDS;
  spend(id, vlenOf(id));
  putToken(OPEN_PARENTHESIS);
  const start = length();
  for (let param = first; param < last; param += PARAMETER_WORDS) {
    const type = itemType(param);
    if (param > first) putToken(NEXT_PARAMETER);
    if (type !== 0 || param + PARAMETER_WORDS < last) putDeclaration(type, offsetAt(param), level, 1);
    else if (param > first) putToken(MORE_PARAMETERS);
  }
  if (length() === start) putToken(VOID);
  putToken(CLOSE_PARENTHESIS);
}

/** A type that stands on its own. */
function putBase(id: u32, level: u32): void {
  switch (kindOf(id)) {
    case KIND.INT:
    case KIND.FLOAT:
      return putName(nameOffset(id));
    case KIND.TYPEDEF:
      return putUse(nameOffset(id), useOfTypedef(id));
    case KIND.STRUCT:
    case KIND.UNION:
      if (hasName(id)) putTag(id);
      else putComposite(id, level);
      return;
    case KIND.ENUM:
    case KIND.ENUM64:
      if (hasName(id)) putTag(id);
      else putEnumeration(id, level);
      return;
    case KIND.FWD:
      return putTag(id);
    default:
      if (id === 0) return putToken(VOID);
      fail(Problem.NoVariable, id);
  }
}

/** Takes the modifiers that are next to write; each has a blank behind it. */
function takeModifiers(floor: u32): void {
  while (height > floor && isModifier(kindOf(top()))) {
    putToken(modifierToken(kindOf(pop())));
    putToken(BLANK);
  }
}

/** What modifies arrays and functions means nothing in C. */
function dropModifiers(floor: u32): void {
  while (height > floor) {
    const kind = kindOf(top());
    if (kind !== KIND.TYPE_TAG && !isModifier(kind)) break;
    pop();
  }
}

function putAttribute(id: u32): void {
  const whole = flagOf(id);
  putToken(whole ? ATTRIBUTE : TYPE_TAG_ATTRIBUTE);
  putName(nameOffset(id));
  putToken(whole ? END_OF_ATTRIBUTE : END_OF_TYPE_TAG);
}

function isModifier(kind: u32): bool {
  return kind === KIND.VOLATILE || kind === KIND.CONST || kind === KIND.RESTRICT;
}

/** Of a modifier. */
function modifierToken(kind: u32): Token {
  if (kind === KIND.VOLATILE) return VOLATILE_KEYWORD;
  return kind === KIND.CONST ? CONST_KEYWORD : RESTRICT_KEYWORD;
}
