/** Names as they stand in C: with their number where they are not the first, tags behind their keyword. */
import { putName, putNumber, putToken } from "./draft";
import * as KIND from "./kinds";
import { useOfTag } from "./names";
import { BLANK, ENUM_KEYWORD, STRUCT_KEYWORD, Token, UNION_KEYWORD, USE } from "./tokens";
import { flagOf, hasName, kindOf, nameOffset } from "./types";

/** The name at an offset, in its use of such a number. */
export function putUse(offset: u32, use: u32): void {
  putName(offset);
  if (use === 1) return;
  putToken(USE);
  putNumber(use);
}

/** `struct S` */
export function putTag(id: u32): void {
  putToken(keyword(id));
  if (!hasName(id)) return;
  putToken(BLANK);
  putUse(nameOffset(id), useOfTag(id));
}

function keyword(id: u32): Token {
  switch (kindOf(id)) {
    case KIND.STRUCT:
      return STRUCT_KEYWORD;
    case KIND.UNION:
      return UNION_KEYWORD;
    case KIND.FWD:
      return flagOf(id) ? UNION_KEYWORD : STRUCT_KEYWORD;
    default:
      return ENUM_KEYWORD;
  }
}
