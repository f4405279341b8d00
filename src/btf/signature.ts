/**
 * The C-like signature of a function that stands above its instructions (bpftool btf_dumper.c:
 * __btf_dumper_type_only). Its spacing is bpftool's: `int f6(int *, int)`, `struct  * x` for an anonymous struct.
 *
 * Unlike bpftool, which drops the whole signature, it reads through TYPE_TAG and is not cut at 1024 bytes.
 */
import type { Btf } from "./btf.ts";
import type { BtfType } from "./types.ts";

/** Types refer to types: a loop, or a tree without measure, in a broken BTF ends here. */
const MAX_TYPES = 1024;
/** Characters; no sound signature has as many. */
const MAX_TEXT = 1 << 16;

const TAG_WORD = { STRUCT: "struct", UNION: "union", ENUM: "enum", ENUM64: "enum" } as const;
const MODIFIER_WORD = { VOLATILE: "volatile ", CONST: "const ", RESTRICT: "restrict " } as const;

/** `int xdp_prog(struct xdp_md * ctx)`; undefined where a type in it is missing or of no use in C. */
export function signature(btf: Btf, typeId: number): string | undefined {
  return typeText(btf, typeId, { types: MAX_TYPES });
}

function typeText(btf: Btf, typeId: number, left: { types: number }): string | undefined {
  const type = btf.type(typeId);
  if (type === undefined || left.types-- <= 0) return undefined;
  const target = (id: number): string | undefined => (id === 0 ? "void " : typeText(btf, id, left));
  switch (type.kind) {
    case "INT":
    case "TYPEDEF":
    case "FLOAT":
      return `${type.name} `;
    case "STRUCT":
    case "UNION":
    case "ENUM":
    case "ENUM64":
      return `${TAG_WORD[type.kind]} ${type.name} `;
    case "FWD":
      return `${type.union ? "union" : "struct"} ${type.name} `;
    case "PTR":
      return join(target(type.type), "* ");
    case "ARRAY":
      return join(target(type.type), `[${type.count}]`);
    case "VOLATILE":
    case "CONST":
    case "RESTRICT":
      return join(MODIFIER_WORD[type.kind], target(type.type));
    case "TYPE_TAG":
      return target(type.type);
    case "FUNC_PROTO":
      return join(target(type.returnType), params(type, target));
    case "FUNC": {
      const proto = btf.type(type.type);
      if (proto?.kind !== "FUNC_PROTO") return undefined;
      return join(target(proto.returnType), type.name, params(proto, target));
    }
    case "VAR":
      return join(type.linkage === 0 ? "static " : "", target(type.type), ` ${type.name}`);
    case "DATASEC":
      return `section ("${type.name}") `;
    case "DECL_TAG":
    case "UNKN":
      return undefined;
  }
}

function params(
  proto: Extract<BtfType, { kind: "FUNC_PROTO" }>,
  target: (id: number) => string | undefined,
): string | undefined {
  const texts: string[] = [];
  for (const { name, type } of proto.params) {
    const text = type === 0 ? "..." : target(type);
    if (text === undefined) return undefined;
    texts.push(name === "" && text.endsWith(" ") ? text.slice(0, -1) : text + (type === 0 ? "" : name));
  }
  return texts.reduce((sum, text) => sum + text.length, 0) > MAX_TEXT ? undefined : `(${texts.join(", ")})`;
}

/** The parts in a row; undefined where one is missing. */
function join(...parts: (string | undefined)[]): string | undefined {
  const text = parts.includes(undefined) ? undefined : parts.join("");
  return text !== undefined && text.length > MAX_TEXT ? undefined : text;
}
