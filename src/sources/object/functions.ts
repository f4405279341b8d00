/** The functions of an object file, by section and place (libbpf libbpf.c:bpf_object__add_programs, cmp_progs). */
import { SECTION_FLAG, SYMBOL_BINDING, SYMBOL_TYPE } from "../../elf/constants.ts";
import { type ElfSection, offsetInSection, sectionBytes, titleOf } from "../../elf/sections.ts";
import type { ElfSymbol } from "../../elf/symbols.ts";
import { INSN_SIZE } from "../../insn/insn.ts";
import type { ObjectFile } from "./object.ts";

export interface ObjectFunction {
  /** Byte text; "" where no symbol names it. */
  readonly name: string;
  readonly section: ElfSection;
  /** Slots from the start of the section. */
  readonly start: number;
  readonly slots: number;
  /** Its whole slots. */
  readonly bytes: Uint8Array;
  /** It is seen from outside of the object. */
  readonly global: boolean;
}

export interface FunctionTable {
  /** By section, then by place. */
  readonly all: readonly ObjectFunction[];
  /** Those of a section, by place. */
  in(sectionIndex: number): readonly ObjectFunction[];
  /** The function that slot `slot` of a section is in. */
  at(sectionIndex: number, slot: number): ObjectFunction | undefined;
}

/** The section whose functions are parts of programs, none of their own. */
export const SUBPROG_SECTION = ".text";

export function readFunctions(object: ObjectFile): FunctionTable {
  const symbols = functionSymbols(object);
  const bySection = new Map<number, readonly ObjectFunction[]>();
  for (const section of object.elf.sections) {
    if ((section.flags & SECTION_FLAG.EXECINSTR) === 0n) continue;
    const bytes = object.attempt(undefined, () => sectionBytes(object.elf, section));
    if (!bytes || bytes.length === 0) continue;
    const found = sectionFunctions(object, section, bytes, symbols.get(section.index) ?? []);
    bySection.set(section.index, found);
  }
  return {
    all: [...bySection.values()].flat(),
    in: (sectionIndex) => bySection.get(sectionIndex) ?? [],
    at: (sectionIndex, slot) => functionAt(bySection.get(sectionIndex) ?? [], slot),
  };
}

function functionSymbols({ symbols }: ObjectFile): ReadonlyMap<number, ElfSymbol[]> {
  const bySection = new Map<number, ElfSymbol[]>();
  for (const symbol of symbols.select((type) => type === SYMBOL_TYPE.FUNC)) {
    if (!symbol.section) continue;
    const others = bySection.get(symbol.section.index);
    if (others) others.push(symbol);
    else bySection.set(symbol.section.index, [symbol]);
  }
  return bySection;
}

function sectionFunctions(
  object: ObjectFile,
  section: ElfSection,
  bytes: Uint8Array,
  symbols: readonly ElfSymbol[],
): ObjectFunction[] {
  const title = titleOf(section);
  if (bytes.length % INSN_SIZE !== 0)
    object.warn(`${title}: ${bytes.length} bytes are no whole number of instructions`);
  if (symbols.length === 0) {
    object.warn(`${title} has instructions, but no function symbols: it is taken as one function`);
    const slots = Math.floor(bytes.length / INSN_SIZE);
    return [
      { name: "", section, start: 0, slots, bytes: bytes.subarray(0, slots * INSN_SIZE), global: true },
    ];
  }
  const placed = symbols.flatMap((symbol) => {
    const offset = object.attempt(undefined, () => offsetInSection(object.elf, section, symbol.value));
    if (offset === undefined) return [];
    if (offset % INSN_SIZE === 0) return [{ symbol, offset }];
    object.warn(
      `function '${symbol.name}' at offset 0x${offset.toString(16)} of ${title} begins in an instruction`,
    );
    return [];
  });
  placed.sort((a, b) => a.offset - b.offset);
  return placed.flatMap(({ symbol, offset }, i) => {
    const next = placed[i + 1]?.offset ?? bytes.length;
    const size = functionSize(object, title, symbol, offset, next, bytes.length);
    const slots = Math.floor(size / INSN_SIZE);
    if (slots === 0) return [];
    return {
      name: symbol.name,
      section,
      start: offset / INSN_SIZE,
      slots,
      bytes: bytes.subarray(offset, offset + slots * INSN_SIZE),
      global: symbol.binding !== SYMBOL_BINDING.LOCAL,
    };
  });
}

/** What the symbol tells, as far as the section reaches; without that, up to the next function. */
function functionSize(
  object: ObjectFile,
  title: string,
  { name, size }: ElfSymbol,
  offset: number,
  next: number,
  end: number,
): number {
  const where = () => `function '${name}' at offset 0x${offset.toString(16)} of ${title}`;
  if (size === 0) {
    object.warn(`${where()} has no size: it is taken to reach to the next one`);
    return next - offset;
  }
  if (offset + size > end) {
    object.warn(`${where()}: ${size} bytes run over the end of the section (${end} bytes)`);
    return end - offset;
  }
  if (size % INSN_SIZE !== 0) object.warn(`${where()}: ${size} bytes are no whole number of instructions`);
  return size;
}

/** The last one that begins at or before the slot, if it reaches that far. */
function functionAt(functions: readonly ObjectFunction[], slot: number): ObjectFunction | undefined {
  let [low, high] = [0, functions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((functions[middle] as ObjectFunction).start <= slot) low = middle + 1;
    else high = middle;
  }
  const found = functions[low - 1];
  return found && slot < found.start + found.slots ? found : undefined;
}
