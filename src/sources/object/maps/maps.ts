/** The maps of an object file (libbpf libbpf.c:bpf_object__init_maps), with what they hold before a program has run. */
import type { Btf } from "../../../btf/btf.ts";
import type { MapRecord } from "../../../model/records.ts";
import type { BpfObject, ObjectMap, ObjectMaps } from "../contract.ts";
import { slotContents } from "./contents.ts";
import { dataMaps } from "./data-maps.ts";
import { byName, type DataSection, KCONFIG, readDataSections } from "./data-section.ts";
import { definedMaps } from "./defined-maps.ts";
import type { FoundMap } from "./found-map.ts";
import { keepsTypes } from "./kept-types.ts";
import { legacyMaps } from "./legacy-maps.ts";
import { kernelName } from "./names.ts";
import { homesOf, mapsBySymbol } from "./places.ts";
import { pointerReader } from "./pointers.ts";
import { type ProgId, readSlots } from "./slots.ts";
import { structOpsMaps } from "./struct-ops.ts";
import { variableFinder } from "./variables.ts";
import { readable, type Warn } from "./warnings.ts";

/** The id of the object's BTF, which is the only one. */
const BTF_ID = 1;

/**
 * `progId` tells the id of the program that a function is: for the maps that hold some from the start, which are
 * empty without. What is broken is warned about, and left out or shown with what is known of it.
 */
export function readMaps(object: BpfObject, progId: ProgId = () => undefined): ObjectMaps {
  const warn: Warn = (message) => object.warn(message);
  const sections = byName(readDataSections(object, warn));
  const legacy = legacyMaps(object, warn);
  const defined = definedMaps(object, sections, warn);
  const data = dataMaps(object, sections, warn);
  const pointersIn = pointerReader(object, warn);
  const structOps = structOpsMaps(object, sections, pointersIn, progId, warn);
  const found = [...legacy, ...defined, ...data, ...structOps];

  const ids = new Map(found.map((map, i) => [map, i + 1]));
  const idOf = (map: FoundMap | undefined) => map && ids.get(map);
  const named = mapsBySymbol([...legacy, ...defined]);
  const slots = readSlots(
    object,
    defined,
    pointersIn,
    { prog: progId, map: (symbol) => idOf(named(symbol)) },
    warn,
  );
  const maps = found.map((map, i): ObjectMap => {
    const filled = slots.get(map);
    const contents = filled ? slotContents(filled, object.littleEndian) : map.contents;
    const typed = readable(warn, () => isTyped(map, object.btf), false);
    return { record: recordOf(map, i + 1, typed), contents };
  });

  const objectMap = (map: FoundMap | undefined) => map && maps[(idOf(map) ?? 0) - 1];
  const homes = homesOf(object, defined, data);
  const mapOfHome = new Map(homes.map(({ index, map }) => [index, objectMap(map)]));
  const homeOfMap = new Map(homes.map((home) => [objectMap(home.map), home]));
  const externs = externOffsets(sections.get(KCONFIG));
  const findVariable = variableFinder(object, sections);
  return {
    maps,
    mapOfSymbol: (symbol) => objectMap(named(symbol)),
    mapOfSection: (index) => (index === 0 ? undefined : mapOfHome.get(index)),
    kconfig(name) {
      const map = mapOfHome.get(0);
      const offset = externs.get(name);
      return map && offset !== undefined ? { map, offset } : undefined;
    },
    variableAt(map, offset) {
      const home = homeOfMap.get(map);
      return home && findVariable(home, offset);
    },
  };
}

function externOffsets(section: DataSection | undefined): ReadonlyMap<string, number> {
  const items = section?.items ?? [];
  return new Map(items.flatMap(({ variable, offset }) => (variable ? [[variable.name, offset]] : [])));
}

function isTyped({ definition }: FoundMap, btf: Btf | undefined): boolean {
  return btf !== undefined && keepsTypes(btf, definition);
}

/** What the kernel would tell of the map, but for its id and that of its BTF. */
function recordOf({ definition, frozen }: FoundMap, id: number, typed: boolean): MapRecord {
  const { name, keyTypeId, valueTypeId, ...fields } = definition;
  return {
    ...fields,
    id,
    name: kernelName(name),
    btfId: typed ? BTF_ID : 0,
    btfKeyTypeId: typed ? keyTypeId : 0,
    btfValueTypeId: typed ? valueTypeId : 0,
    btfVmlinuxValueTypeId: 0,
    frozen,
  };
}
