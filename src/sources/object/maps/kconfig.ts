/** Where the externs of .kconfig lie in their map (libbpf libbpf.c:bpf_object__collect_externs, cmp_externs). */
import type { Btf } from "../../../btf/btf.ts";
import { resolveType } from "../../../btf/value-types.ts";
import type { SectionItem } from "./data-section.ts";
import { quoted, type Warn } from "./warnings.ts";

/** In bytes. */
interface Shape {
  readonly size: number;
  readonly align: number;
}

interface Extern extends Shape {
  readonly item: SectionItem;
  readonly name: string;
}

/** Items by offset, and the size of all. Those of a type that no loader takes are no variables. */
export function layOutExterns(
  btf: Btf,
  items: readonly SectionItem[],
  warn: Warn,
): { readonly size: number; readonly items: SectionItem[] } {
  const left: SectionItem[] = [];
  const externs: Extern[] = [];
  for (const item of items) {
    const shape = item.variable && shapeOf(btf, item.variable.type);
    if (item.variable && shape) externs.push({ item, name: item.variable.name, ...shape });
    else {
      warn(`extern ${quoted(item.variable?.name ?? "")} of .kconfig: type [${item.typeId}] is not supported`);
      left.push({ ...item, variable: undefined });
    }
  }
  let end = 0;
  const placed = externs.sort(compare).map(({ item, size, align }): SectionItem => {
    const offset = Math.ceil(end / align) * align;
    end = offset + size;
    return { ...item, offset };
  });
  return { size: end, items: [...left, ...placed] };
}

/** Large alignment first, then small size, then the name. */
function compare(a: Extern, b: Extern): number {
  return b.align - a.align || a.size - b.size || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

/** undefined for what is not a number, an enum or an array of characters (libbpf.c:find_kcfg_type). */
function shapeOf(btf: Btf, typeId: number): Shape | undefined {
  const type = resolveType(btf, typeId);
  switch (type?.kind) {
    case "INT":
    case "ENUM":
    case "ENUM64":
      return [1, 2, 4, 8].includes(type.size) ? { size: type.size, align: type.size } : undefined;
    case "ARRAY": {
      const item = resolveType(btf, type.type);
      const isText = type.count > 0 && item?.kind === "INT" && item.size === 1;
      return isText ? { size: type.count, align: 1 } : undefined;
    }
    default:
      return undefined;
  }
}
