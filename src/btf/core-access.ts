/**
 * What a CO-RE relocation asks, and of what, as text: `byte_off` of `task_struct.mm.pgd`
 * (libbpf relo_core.c:bpf_core_parse_spec; the words are those of core_relo_kind_str).
 */
import type { Btf } from "./btf.ts";
import type { CoreRelo } from "./ext-info.ts";
import type { BtfReference, BtfType } from "./types.ts";

/** By enum bpf_core_relo_kind; what the access string says depends on `of`. */
const KINDS = [
  { what: "byte_off", of: "field" },
  { what: "byte_sz", of: "field" },
  { what: "field_exists", of: "field" },
  { what: "signed", of: "field" },
  { what: "lshift_u64", of: "field" },
  { what: "rshift_u64", of: "field" },
  { what: "local_type_id", of: "type" },
  { what: "target_type_id", of: "type" },
  { what: "type_exists", of: "type" },
  { what: "type_size", of: "type" },
  { what: "enumval_exists", of: "enumval" },
  { what: "enumval_value", of: "enumval" },
  { what: "type_matches", of: "type" },
] as const satisfies readonly { what: string; of: "field" | "type" | "enumval" }[];

export interface CoreText {
  /** libbpf's word for the question; the number where it has none. */
  readonly what: string;
  /** The field, the value, or the type, as far as the BTF knows it. */
  readonly path: string;
}

/** libbpf takes no longer access strings (BPF_CORE_SPEC_MAX_LEN). */
const MAX_STEPS = 64;
/** Characters of a path; sound ones are much shorter. */
const MAX_PATH = 512;
/** Qualifiers and typedefs around a type. */
const MAX_LAYERS = 64;

const TAG_WORD: Partial<Record<BtfType["kind"], string>> = {
  STRUCT: "struct ",
  UNION: "union ",
  ENUM: "enum ",
  ENUM64: "enum ",
};
const QUALIFIER: Partial<Record<BtfType["kind"], string>> = {
  CONST: "const ",
  VOLATILE: "volatile ",
  RESTRICT: "restrict ",
};

/** What the BTF does not know is shown by number. */
export function coreText(btf: Btf, { typeId, accessStrOff, kind }: CoreRelo): CoreText {
  const known = KINDS[kind];
  const access = btf.string(accessStrOff) ?? "";
  const what = known?.what ?? `kind ${kind}`;
  switch (known?.of) {
    case "field":
      return { what, path: cut(fieldPath(btf, typeId, access)) };
    case "enumval":
      return { what, path: cut(enumerator(btf, typeId, access)) };
    default:
      return { what, path: cut(typeName(btf, typeId)) };
  }
}

/** `task_struct.mm.pgd`, `pair[1].left[3]`. Members without a name are passed through. */
function fieldPath(btf: Btf, rootId: number, access: string): string {
  const [first, ...steps] = accessSteps(access);
  const root = bareName(btf, rootId);
  if (first === undefined) return `${root} (${access})`;
  let path = first > 0 ? `${root}[${first}]` : root;
  let type = plainType(btf, rootId);
  for (const [done, step] of steps.entries()) {
    const next = stepInto(type, step);
    if (!next) return `${path} (${steps.slice(done).join(":")})`;
    path += next.text;
    if (path.length > MAX_PATH) return path;
    type = plainType(btf, next.typeId);
  }
  return path;
}

function stepInto(
  type: BtfType | undefined,
  step: number,
): { readonly text: string; readonly typeId: number } | undefined {
  if (type?.kind === "ARRAY") return { text: `[${step}]`, typeId: type.type };
  if (type?.kind !== "STRUCT" && type?.kind !== "UNION") return undefined;
  const member = type.members[step];
  return member && { text: member.name === "" ? "" : `.${member.name}`, typeId: member.type };
}

/** `enum cpu_flags.FLAG_X`. */
function enumerator(btf: Btf, typeId: number, access: string): string {
  const type = plainType(btf, typeId);
  const [index, ...more] = accessSteps(access);
  const values = type?.kind === "ENUM" || type?.kind === "ENUM64" ? type.values : [];
  const value = index === undefined || more.length > 0 ? undefined : values[index];
  return value ? `${typeName(btf, typeId)}.${value.name}` : `${typeName(btf, typeId)} (${access})`;
}

/** `0:1:2` as numbers; none where it is anything else. */
function accessSteps(access: string): number[] {
  if (!/^\d+(:\d+)*$/.test(access)) return [];
  const steps = access.split(":").map(Number);
  return steps.length <= MAX_STEPS ? steps : [];
}

/** The type below qualifiers and typedefs. */
function plainType(btf: Btf, id: number): BtfType | undefined {
  let type = btf.type(id);
  for (let layers = 0; type && isLayer(type); layers++) {
    if (layers === MAX_LAYERS) return undefined;
    type = btf.type(type.type);
  }
  return type;
}

function isLayer(type: BtfType): type is BtfReference {
  return type.kind === "TYPEDEF" || type.kind === "TYPE_TAG" || type.kind in QUALIFIER;
}

/** The name of what the access starts from, without its tag. */
function bareName(btf: Btf, id: number): string {
  const type = unqualified(btf, id);
  return type?.name || typeName(btf, id);
}

function unqualified(btf: Btf, id: number): BtfType | undefined {
  let type = btf.type(id);
  for (let layers = 0; type && type.kind !== "TYPEDEF" && isLayer(type); layers++) {
    if (layers === MAX_LAYERS) return undefined;
    type = btf.type(type.type);
  }
  return type;
}

/** As C writes it: `struct task_struct`, `u64`, `const char *`. */
function typeName(btf: Btf, id: number, layers = 0): string {
  const type = btf.type(id);
  if (!type || layers > MAX_LAYERS) return `[${id}]`;
  const inner = (of: number) => typeName(btf, of, layers + 1);
  switch (type.kind) {
    case "UNKN":
      return id === 0 ? "void" : `[${id}]`;
    case "CONST":
    case "VOLATILE":
    case "RESTRICT":
      return `${QUALIFIER[type.kind]}${inner(type.type)}`;
    case "TYPE_TAG":
      return inner(type.type);
    case "PTR":
      return `${inner(type.type)} *`;
    case "ARRAY":
      return `${inner(type.type)}[${type.count}]`;
    case "FUNC_PROTO":
      return `${inner(type.returnType)} ()`;
    case "FWD":
      return `${type.union ? "union" : "struct"} ${type.name}`;
    default:
      return `${TAG_WORD[type.kind] ?? ""}${type.name || `[${id}]`}`;
  }
}

function cut(path: string): string {
  return path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}...` : path;
}
