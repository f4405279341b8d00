/** What a call or a 64-bit load refers to, by relocation or by distance (libbpf libbpf.c:bpf_program__record_reloc). */
import { SECTION_FLAG, SECTION_INDEX, SYMBOL_TYPE } from "../../elf/constants.ts";
import { type ElfSection, titleOf } from "../../elf/sections.ts";
import type { ElfSymbol } from "../../elf/symbols.ts";
import { INSN_SIZE } from "../../insn/insn.ts";
import type { MapRecord } from "../../model/records.ts";
import type { ObjectMaps } from "./contract.ts";
import type { FunctionTable, ObjectFunction } from "./functions.ts";
import type { InsnFields } from "./insn-fields.ts";
import { JUMP_TABLES, type JumpTable, jumpTable } from "./jump-tables.ts";
import { readDataSections } from "./maps/data-section.ts";
import type { ObjectFile } from "./object.ts";

/** Functions do not have their places yet. */
export type Target =
  | { readonly kind: "function"; readonly target: ObjectFunction }
  | { readonly kind: "map"; readonly map: MapRecord }
  /** `map` is undefined where no map is made of the section `name`. */
  | {
      readonly kind: "map_value";
      readonly map: MapRecord | undefined;
      readonly name: string;
      readonly offset: number;
      /** The name of what stands there; looked for when it is asked for. */
      variable(): string | undefined;
      /** A map is made of it for each program: `map` is undefined until then. */
      readonly table?: JumpTable;
    }
  /** `subprog`: a function of another object. */
  | { readonly kind: "kfunc" | "ksym" | "subprog"; readonly name: string };

/** Where an instruction stands. */
export interface InsnPlace {
  readonly function: ObjectFunction;
  /** Slots from the start of the function. */
  readonly pc: number;
}

/** The section of what the kernel has (libbpf KSYMS_SEC). */
const KSYMS_SECTION = ".ksyms";

export class TargetFinder {
  readonly #object: ObjectFile;
  readonly #functions: FunctionTable;
  readonly #maps: () => ObjectMaps;
  /** What 64-bit loads load, by index of a symbol and the distance from it: most load the same few things. */
  readonly #loads = new Map<number, Map<number, Target | undefined>>();
  #ksyms: ReadonlyMap<string, "kfunc" | "ksym"> | undefined;

  /** `maps` are asked for when an instruction may refer to one. */
  constructor(object: ObjectFile, functions: FunctionTable, maps: () => ObjectMaps) {
    this.#object = object;
    this.#functions = functions;
    this.#maps = maps;
  }

  /**
   * What a call or a load among `insns` refers to; `symbol` is the index of that of its relocation, 0 of a call by
   * distance. undefined where it refers to nothing; what cannot be found is told as a warning.
   */
  find(place: InsnPlace, insns: InsnFields, symbol: number, addend: number): Target | undefined {
    const { pc } = place;
    if (insns.isCall(pc)) return this.#called(place, insns, symbol);
    return this.#loaded(place, insns.imm(pc) + addend, symbol);
  }

  #called(place: InsnPlace, insns: InsnFields, index: number): Target | undefined {
    const { function: of, pc } = place;
    const symbol = index === 0 ? undefined : this.#object.symbols.at(index);
    if (symbol && !symbol.section) return this.#extern(place, symbol, "subprog");
    if (symbol?.section) return this.#function(place, symbol.section, slotOf(symbol) + insns.imm(pc) + 1);
    return this.#function(place, of.section, of.start + pc + insns.imm(pc) + 1);
  }

  #loaded(place: InsnPlace, distance: number, index: number): Target | undefined {
    let known = this.#loads.get(index);
    if (!known) {
      known = new Map();
      this.#loads.set(index, known);
    }
    if (!known.has(distance)) known.set(distance, this.#load(place, distance, index));
    return known.get(distance);
  }

  #load(place: InsnPlace, distance: number, index: number): Target | undefined {
    const symbol = this.#object.symbols.at(index);
    if (!symbol) return undefined;
    const { section } = symbol;
    if (!section) return this.#extern(place, symbol, "ksym");
    const offset = Number(BigInt.asIntN(32, symbol.value)) + distance;
    if ((section.flags & SECTION_FLAG.EXECINSTR) !== 0n)
      return this.#function(place, section, offset / INSN_SIZE);
    if (section.name === JUMP_TABLES) return tableTarget(symbol, section);
    // A static map is told by its place in the section.
    const mapSymbol = symbol.type === SYMBOL_TYPE.SECTION ? { ...symbol, value: BigInt(offset) } : symbol;
    const map = this.#maps().mapOfSymbol(mapSymbol);
    return map ? { kind: "map", map: map.record } : this.#data(place, section, offset);
  }

  #function(place: InsnPlace, section: ElfSection, slot: number): Target | undefined {
    const target = this.#functions.at(section.index, slot);
    if (target) return { kind: "function", target };
    this.#warn(place, `slot ${slot} of ${titleOf(section)}, where no function is`);
    return undefined;
  }

  #data(place: InsnPlace, section: ElfSection, offset: number): Target {
    const map = this.#maps().mapOfSection(section.index);
    if (!map) {
      this.#warn(place, `${titleOf(section)}, of which no map is made`);
      return { kind: "map_value", map: undefined, name: section.name, offset, variable: () => undefined };
    }
    const { record } = map;
    const variable = () => variableText(this.#maps().variableAt(map, offset));
    return { kind: "map_value", map: record, name: record.name, offset, variable };
  }

  /** What is not in this object; `otherwise` is what it is unless the BTF says that the kernel has it. */
  #extern(place: InsnPlace, { name, sectionIndex }: ElfSymbol, otherwise: "ksym" | "subprog"): Target {
    const setting = this.#maps().kconfig(name);
    if (setting) {
      const { map, offset } = setting;
      return { kind: "map_value", map: map.record, name: map.record.name, offset, variable: () => name };
    }
    this.#ksyms ??= kernelSymbols(this.#object);
    const kind = this.#ksyms.get(name);
    if (kind) return { kind, name };
    const undefinedSymbol = sectionIndex === SECTION_INDEX.UNDEF;
    const what = undefinedSymbol ? "is neither here nor an extern of the kernel" : "has no place";
    this.#warn(place, `'${name}', which ${what}`);
    return { kind: otherwise, name };
  }

  #warn({ function: { name, section }, pc }: InsnPlace, what: string): void {
    const where = name === "" ? titleOf(section) : `'${name}'`;
    this.#object.warn(`slot ${pc} of ${where} refers to ${what}`);
  }
}

/** What the BTF says to be the kernel's: functions and variables of the section .ksyms. */
function kernelSymbols(object: ObjectFile): ReadonlyMap<string, "kfunc" | "ksym"> {
  return object.attempt(new Map(), () => {
    const section = readDataSections(object, () => {}).find(({ name }) => name === KSYMS_SECTION);
    const types = (section?.items ?? []).map(({ typeId }) => object.btf?.type(typeId));
    return new Map(types.map((type) => [type?.name ?? "", type?.kind === "FUNC" ? "kfunc" : "ksym"]));
  });
}

function tableTarget(symbol: ElfSymbol, section: ElfSection): Target {
  const variable = () => symbol.name || undefined;
  const table = jumpTable(symbol, section);
  return { kind: "map_value", map: undefined, name: JUMP_TABLES, offset: 0, variable, table };
}

function slotOf({ value }: ElfSymbol): number {
  return Number(BigInt.asIntN(53, value)) / INSN_SIZE;
}

function variableText(found: ReturnType<ObjectMaps["variableAt"]>): string | undefined {
  return found && (found.offset === 0 ? found.name : `${found.name}+${found.offset}`);
}
