/** What the words in capitals of the command table stand for: read by people in help texts, and by completion. */
export const DEFINITIONS = {
  PROG: "{ id ID | tag TAG | name NAME | pinned PATH }",
  MAP: "{ id ID | name NAME | pinned PATH }",
  LINK: "{ id ID | pinned PATH }",
  STRUCT_OPS_MAP: "{ id ID | name NAME }",
  BTF_SRC: "{ id ID | prog PROG | map MAP [key|value|kv|all] | file FILE... }",
  FORMAT: "{ raw | c }",
  DATA: "[hex] BYTE...",
  SOURCE: "{ live | demo | book | FILE.zip | FOLDER | FILE.o | insns:FILE }",
} as const satisfies Readonly<Record<string, string>>;
