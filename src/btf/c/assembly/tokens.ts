/** What C is made of besides names and numbers: texts that lie where prefixes lie, too, each with a NUL behind it. */

/** Where a token starts. */
export type Token = u32;

const SIZE: u32 = 1 << 10;
/** The tokens. */
export const TEXTS: usize = heap.alloc(SIZE);
/** Where the next one would start. */
let end: u32 = 0;

function token(text: string): Token {
  const start = end;
  for (let i = 0; i < text.length; i++) store<u8>(TEXTS + end++, <u8>text.charCodeAt(i));
  end++;
  if (end > SIZE) unreachable();
  return start;
}

export const STRUCT_KEYWORD = token("struct");
export const UNION_KEYWORD = token("union");
export const ENUM_KEYWORD = token("enum");
export const TYPEDEF_KEYWORD = token("typedef ");
export const VOID = token("void");
export const VA_LIST = token("__builtin_va_list ");
export const CONST_KEYWORD = token("const");
export const VOLATILE_KEYWORD = token("volatile");
export const RESTRICT_KEYWORD = token("restrict");
export const LONG = token("long");
export const INT_KEYWORD = token("int");
export const SHORT = token("short");
export const CHAR = token("char");
export const BLANK = token(" ");
export const STAR = token("*");
export const USE = token("___");
export const OPEN_BRACE = token(" {");
export const CLOSE_BRACE = token("}");
export const OPEN_PARENTHESIS = token("(");
export const CLOSE_PARENTHESIS = token(")");
export const OPEN_INDEX = token("[");
export const CLOSE_INDEX = token("]");
export const NEXT_PARAMETER = token(", ");
export const MORE_PARAMETERS = token("...");
export const WIDTH = token(": ");
export const VALUE = token(" = ");
export const END_OF_VALUE = token(",");
export const END_OF_WIDE = token("ULL,");
export const END_OF_SIGNED_WIDE = token("LL,");
export const END_OF_MEMBER = token(";");
export const END_OF_DEFINITION = token(";\n\n");
export const PACKED = token(" __attribute__((packed))");
export const BYTE_MODE = token(" __attribute__((mode(byte)))");
export const WORD_MODE = token(" __attribute__((mode(word)))");
export const ATTRIBUTE = token(" __attribute__((");
export const END_OF_ATTRIBUTE = token("))");
export const TYPE_TAG_ATTRIBUTE = token(' __attribute__((btf_type_tag("');
export const END_OF_TYPE_TAG = token('")))');
export const POLY8 = token("unsigned char ");
export const POLY16 = token("unsigned short ");
export const POLY64 = token("unsigned long long ");
export const POLY128 = token("unsigned __int128 ");
export const EXTERN = token("extern ");
export const FAST_CALL = token("__bpf_fastcall ");
export const END_OF_KFUNC = token(" __weak __ksym;\n");
/** Indentation has no more steps. */
export const MAX_TABS: u32 = 13;
