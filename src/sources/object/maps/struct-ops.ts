/**
 * The structs of operations that programs implement: variables in .struct_ops and its like (libbpf libbpf.c:
 * init_struct_ops_maps, bpf_object__collect_st_ops_relos).
 *
 * A loaded map has the kernel's struct around the kernel's version of the type. That is not known here: values are of
 * the object's own type, with ids of programs in place of functions, as the kernel has them.
 */
import { SECTION_TYPE } from "../../../elf/constants.ts";
import { type ElfSection, sectionBytes, sectionNamed, titleOf } from "../../../elf/sections.ts";
import { resolveType } from "../../../btf/value-types.ts";
import { MAP_TYPE } from "../../../uapi/map-types.ts";
import type { BpfObject } from "../contract.ts";
import { oneEntry, withWords } from "./contents.ts";
import type { DataSection, SectionItem } from "./data-section.ts";
import { MAP_FLAG } from "./flags.ts";
import type { FoundMap } from "./found-map.ts";
import type { PointersIn } from "./pointers.ts";
import type { ProgId } from "./slots.ts";
import { placeIn, quoted, readable, type Warn } from "./warnings.ts";

/** Flags of their maps, by section. With `?` they are made only when a program asks for them. */
const SECTIONS: ReadonlyMap<string, number> = new Map([
  [".struct_ops", 0],
  [".struct_ops.link", MAP_FLAG.LINK],
  ["?.struct_ops", 0],
  ["?.struct_ops.link", MAP_FLAG.LINK],
]);

/** By section, then by offset. */
export function structOpsMaps(
  object: BpfObject,
  sections: ReadonlyMap<string, DataSection>,
  pointersIn: PointersIn,
  progId: ProgId,
  warn: Warn,
): FoundMap[] {
  const found = [...SECTIONS].flatMap(([name, flags]) => {
    const section = sectionNamed(object.elf, name);
    const usable = section && section.type === SECTION_TYPE.PROGBITS && section.size > 0;
    return usable ? [{ section, flags }] : [];
  });
  found.sort((a, b) => a.section.index - b.section.index);
  return found.flatMap(({ section, flags }) => {
    const items = sections.get(section.name)?.items;
    if (!items) warn(`${titleOf(section)}: no BTF tells what is there`);
    const bytes = readable(warn, () => linkedBytes(object, section, pointersIn, progId), undefined);
    return (items ?? []).flatMap((item) => structOpsMap(object, section, item, flags, bytes, warn));
  });
}

/** The section with ids of programs in place of pointers to them. */
function linkedBytes(
  { elf, littleEndian }: BpfObject,
  section: ElfSection,
  pointersIn: PointersIn,
  progId: ProgId,
): Uint8Array {
  const ids = new Map<number, number>();
  for (const { at, target } of pointersIn(section)) {
    const id = progId(target);
    if (id !== undefined) ids.set(at, id);
  }
  return withWords(sectionBytes(elf, section) ?? new Uint8Array(), ids, littleEndian);
}

function structOpsMap(
  { btf, littleEndian }: BpfObject,
  section: ElfSection,
  { variable, typeId, offset }: SectionItem,
  flags: number,
  bytes: Uint8Array | undefined,
  warn: Warn,
): FoundMap[] {
  const struct = btf && variable && readable(warn, () => resolveType(btf, variable.type), undefined);
  const say = (problem: string) =>
    warn(`${placeIn(section, offset)}: struct_ops ${quoted(variable?.name ?? "")}: ${problem}`);
  if (!variable || struct?.kind !== "STRUCT") {
    say(`type [${typeId}] is no variable of a struct`);
    return [];
  }
  const { size } = struct;
  const inside = offset + size <= section.size;
  if (!inside) say(`its ${size} bytes are not in the section (${section.size} bytes)`);
  return [
    {
      definition: {
        name: variable.name,
        type: MAP_TYPE.struct_ops,
        keySize: 4,
        valueSize: size,
        maxEntries: 1,
        flags,
        mapExtra: 0n,
        keyTypeId: 0,
        valueTypeId: struct.id,
      },
      section: section.index,
      offset,
      size,
      frozen: false,
      contents: oneEntry(inside ? bytes?.subarray(offset, offset + size) : undefined, size, littleEndian),
    },
  ];
}
