/**
 * The maps that global variables live in: one for each section of data, one for the externs of .kconfig; each an
 * array of one entry (libbpf libbpf.c:bpf_object__init_internal_map, bpf_object__init_global_data_maps).
 */
import { SECTION_FLAG, SECTION_TYPE } from "../../../elf/constants.ts";
import { type ElfSection, sectionBytes, titleOf } from "../../../elf/sections.ts";
import type { StoredContents } from "../../../model/stored-contents.ts";
import { MAP_TYPE } from "../../../uapi/map-types.ts";
import type { BpfObject } from "../contract.ts";
import { oneEntry, zeroBytes } from "./contents.ts";
import { type DataSection, KCONFIG } from "./data-section.ts";
import { MAP_FLAG } from "./flags.ts";
import type { FoundMap } from "./found-map.ts";
import { dataMapName, objectName } from "./names.ts";
import { readable, type Warn } from "./warnings.ts";

interface DataKind {
  readonly prefix: string;
  readonly sectionType: number;
  readonly readOnly: boolean;
}

const KINDS: readonly DataKind[] = [
  { prefix: ".data", sectionType: SECTION_TYPE.PROGBITS, readOnly: false },
  { prefix: ".rodata", sectionType: SECTION_TYPE.PROGBITS, readOnly: true },
  { prefix: ".bss", sectionType: SECTION_TYPE.NOBITS, readOnly: false },
];

type Zeros = (size: number) => Uint8Array | undefined;

/** Those of sections in the order of the file, then that of .kconfig. */
export function dataMaps(
  object: BpfObject,
  sections: ReadonlyMap<string, DataSection>,
  warn: Warn,
): FoundMap[] {
  const zeros = zeroBytes();
  const maps = object.elf.sections.flatMap((section): FoundMap[] => {
    const kind = kindOf(section, warn);
    if (!kind) return [];
    const value = bytesOf(object, section, zeros, warn);
    const { size, index } = section;
    return [dataMap(object, { name: section.name, index, size, ...kind }, sections, value)];
  });
  const size = sections.get(KCONFIG)?.size ?? 0;
  if (size === 0) return maps;
  const kconfig = { name: KCONFIG, index: 0, size, readOnly: true };
  return [...maps, dataMap(object, kconfig, sections, keptZeros(KCONFIG, size, zeros, warn))];
}

/** undefined where a section makes no map. */
function kindOf(section: ElfSection, warn: Warn): DataKind | undefined {
  const { name, type, size, flags } = section;
  const kind = KINDS.find(({ prefix }) => name === prefix || name.startsWith(`${prefix}.`));
  if (!kind || size === 0 || (flags & SECTION_FLAG.EXECINSTR) !== 0n) return undefined;
  if (type === kind.sectionType) return kind;
  warn(`${titleOf(section)}: makes no map, since its type is ${type} and not ${kind.sectionType}`);
  return undefined;
}

function bytesOf({ elf }: BpfObject, section: ElfSection, zeros: Zeros, warn: Warn): Uint8Array | undefined {
  return section.type === SECTION_TYPE.NOBITS
    ? keptZeros(titleOf(section), section.size, zeros, warn)
    : readable(warn, () => sectionBytes(elf, section), undefined);
}

function keptZeros(what: string, size: number, zeros: Zeros, warn: Warn): Uint8Array | undefined {
  const value = zeros(size);
  if (!value) warn(`${what}: its ${size} zero bytes are too many to be kept`);
  return value;
}

interface Data {
  readonly name: string;
  /** Of its section; 0 of .kconfig. */
  readonly index: number;
  readonly size: number;
  readonly readOnly: boolean;
}

function dataMap(
  { label, littleEndian }: BpfObject,
  { name, index, size, readOnly }: Data,
  sections: ReadonlyMap<string, DataSection>,
  value: Uint8Array | undefined,
): FoundMap {
  const types = sections.get(name);
  const contents: StoredContents = oneEntry(value, size, littleEndian);
  return {
    definition: {
      name: dataMapName(objectName(label), name),
      type: MAP_TYPE.array,
      keySize: 4,
      valueSize: size,
      maxEntries: 1,
      flags: (readOnly ? MAP_FLAG.RDONLY_PROG : 0) | (types?.shared ? MAP_FLAG.MMAPABLE : 0),
      mapExtra: 0n,
      keyTypeId: 0,
      valueTypeId: types?.size === size ? types.id : 0,
    },
    section: index,
    offset: 0,
    size,
    frozen: readOnly,
    contents,
  };
}
