/** What C is made of besides names and numbers: constant pieces of a draft. */

const TEXTS = {
  struct: "struct",
  union: "union",
  enum: "enum",
  typedef: "typedef ",
  void: "void",
  vaList: "__builtin_va_list ",
  const: "const",
  volatile: "volatile",
  restrict: "restrict",
  long: "long",
  int: "int",
  short: "short",
  char: "char",
  blank: " ",
  star: "*",
  minus: "-",
  use: "___",
  openBrace: " {",
  closeBrace: "}",
  open: "(",
  close: ")",
  openIndex: "[",
  closeIndex: "]",
  nextParameter: ", ",
  moreParameters: "...",
  width: ": ",
  value: " = ",
  endOfValue: ",",
  endOfWide: "ULL,",
  endOfSignedWide: "LL,",
  endOfMember: ";",
  endOfDefinition: ";\n\n",
  packed: " __attribute__((packed))",
  byteMode: " __attribute__((mode(byte)))",
  wordMode: " __attribute__((mode(word)))",
  attribute: " __attribute__((",
  endOfAttribute: "))",
  typeTag: ' __attribute__((btf_type_tag("',
  endOfTypeTag: '")))',
  extern: "extern ",
  fastCall: "__bpf_fastcall ",
  endOfKfunc: " __weak __ksym;\n",
  kfuncs: "\n/* BPF kfuncs */\n#ifndef BPF_NO_KFUNC_PROTOTYPES\n",
  endOfKfuncs: "#endif\n\n",
} as const;

/** Where a token starts in TOKEN_BYTES. */
export type Token = number;

/** Indentation has no more steps. */
const MAX_TABS = 13;
const LINES = Array.from({ length: MAX_TABS + 1 }, (_, tabs) => `\n${"\t".repeat(tabs)}`);

/** All tokens, each with a NUL behind it. */
export const TOKEN_BYTES: Uint8Array = Uint8Array.from(
  Buffer.from([...Object.values(TEXTS), ...LINES].map((text) => `${text}\0`).join(""), "latin1"),
);

const STARTS = starts([...Object.values(TEXTS), ...LINES]);

export const TOKEN = Object.fromEntries(Object.keys(TEXTS).map((name, i) => [name, STARTS[i]])) as Readonly<
  Record<keyof typeof TEXTS, Token>
>;

const LINE_TOKENS = STARTS.slice(-LINES.length);

/** The end of a line, and what the next one with so many braces around it starts with. */
export function lineStart(level: number): Token {
  return LINE_TOKENS[Math.min(level, MAX_TABS)] as Token;
}

function starts(texts: readonly string[]): Token[] {
  let end = 0;
  return texts.map((text) => {
    const start = end;
    end += text.length + 1;
    return start;
  });
}
