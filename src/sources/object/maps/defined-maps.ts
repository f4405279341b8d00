/** The maps of .maps, which BTF defines (libbpf libbpf.c:bpf_object__init_user_btf_maps). */
import { SYMBOL_TYPE } from "../../../elf/constants.ts";
import { type ElfSection, sectionNamed, titleOf } from "../../../elf/sections.ts";
import type { BpfObject } from "../contract.ts";
import { adjusted } from "./adjusted.ts";
import { noContents } from "./contents.ts";
import { type DataSection, type SectionItem, VAR_LINKAGE } from "./data-section.ts";
import { type DefinitionStruct, readDefinition } from "./definition-struct.ts";
import { type FoundMap, NOTHING_DEFINED } from "./found-map.ts";
import { placeIn, quoted, readable, type Warn } from "./warnings.ts";

const MAPS = ".maps";
const NO_STRUCT = { slotsAt: undefined, problems: [] as readonly string[] };

/** By offset. What has no definition that can be read is there with its name. */
export function definedMaps(
  object: BpfObject,
  sections: ReadonlyMap<string, DataSection>,
  warn: Warn,
): FoundMap[] {
  const section = sectionNamed(object.elf, MAPS);
  if (!section) return [];
  const items = sections.get(MAPS)?.items;
  if (!items) warn(`${titleOf(section)}: no BTF tells what its maps are`);
  const structs = structReader(object, warn);
  const maps = (items ?? []).map((item) => definedMap(object, section, item, structs, warn));
  const known = new Set(maps.map(({ offset }) => offset));
  const others = unknownSymbols(object, section, known).map(({ name, value, size }): FoundMap => {
    if (items) warn(`${placeIn(section, Number(value))}: no BTF for symbol ${quoted(name)}`);
    return {
      definition: { name, ...NOTHING_DEFINED },
      section: section.index,
      offset: Number(value),
      size,
      frozen: false,
      contents: noContents(0, object.littleEndian),
    };
  });
  return [...maps, ...others];
}

type ReadStruct = (typeId: number) => DefinitionStruct | undefined;

/** Each struct is read once: any number of variables may be of its type. */
function structReader({ btf }: BpfObject, warn: Warn): ReadStruct {
  const known = new Map<number, DefinitionStruct | undefined>();
  return (typeId) => {
    if (!known.has(typeId))
      known.set(typeId, btf && readable(warn, () => readDefinition(btf, typeId), undefined));
    return known.get(typeId);
  };
}

function definedMap(
  { littleEndian }: BpfObject,
  section: ElfSection,
  { typeId, variable, offset, size }: SectionItem,
  structOf: ReadStruct,
  warn: Warn,
): FoundMap {
  const name = variable?.name ?? "";
  const struct = variable && structOf(variable.type);
  const say = (problem: string) => warn(`${placeIn(section, offset)}: map ${quoted(name)}: ${problem}`);
  if (!variable) say(`type [${typeId}] is no variable`);
  else if (!struct) say(`type [${variable.type}] is no struct`);
  else if (variable.linkage !== VAR_LINKAGE.GLOBAL) say("is not global");
  if (offset + size > section.size) say(`its ${size} bytes are not in the section (${section.size} bytes)`);
  for (const problem of struct?.problems ?? []) say(problem);
  const { slotsAt, problems, ...definition } = { name, ...NOTHING_DEFINED, ...(struct ?? NO_STRUCT) };
  return {
    definition: adjusted(definition),
    section: section.index,
    offset,
    size,
    frozen: false,
    contents: noContents(definition.valueSize, littleEndian),
    ...(slotsAt !== undefined && { slotsAt }),
  };
}

/** Variables of the section that start where no map does. */
function unknownSymbols({ symbols }: BpfObject, section: ElfSection, known: ReadonlySet<number>) {
  return symbols
    .select((type) => type === SYMBOL_TYPE.OBJECT)
    .filter((symbol) => symbol.section === section && !known.has(Number(symbol.value)));
}
