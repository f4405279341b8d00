/**
 * The instructions that refer to something: by relocation, or calls by distance
 * (libbpf libbpf.c:bpf_object__collect_prog_relos, bpf_object__reloc_code).
 */
import { ELF_TYPE, SECTION_TYPE } from "../../elf/constants.ts";
import { hex } from "../../elf/numbers.ts";
import { eachRelocation } from "../../elf/relocations.ts";
import { type ElfSection, offsetInSection, sectionBytes, titleOf } from "../../elf/sections.ts";
import type { InspectError } from "../../errors.ts";
import { INSN_SIZE, LD_IMM64 } from "../../insn/insn.ts";
import { CALL_KIND, CODE } from "../../insn/opcodes.ts";
import type { ObjectFile } from "./object.ts";

/** Of a section, side by side; ascending by slot. */
export interface ReferringInsns {
  readonly slots: readonly number[];
  /** Indexes of symbols, which are there; 0 of calls by distance. */
  readonly symbols: readonly number[];
  /** To be added to what the instruction has; 0 where the file keeps it there alone. */
  readonly addends: readonly number[];
}

/** Reads those of a section. */
export function referringReader(object: ObjectFile): (section: ElfSection) => ReferringInsns {
  const tables = tablesByTarget(object);
  return (section) => readReferring(object, section, tables.get(section.index) ?? []);
}

function tablesByTarget({ elf }: ObjectFile): ReadonlyMap<number, ElfSection[]> {
  const byTarget = new Map<number, ElfSection[]>();
  for (const section of elf.sections) {
    if (section.type !== SECTION_TYPE.REL && section.type !== SECTION_TYPE.RELA) continue;
    const others = byTarget.get(section.info);
    if (others) others.push(section);
    else byTarget.set(section.info, [section]);
  }
  return byTarget;
}

function readReferring(
  object: ObjectFile,
  target: ElfSection,
  tables: readonly ElfSection[],
): ReferringInsns {
  const bytes = object.attempt(undefined, () => sectionBytes(object.elf, target)) ?? new Uint8Array();
  const slots = callsByDistance(bytes, object.littleEndian);
  const symbols = slots.map(() => 0);
  const addends = slots.map(() => 0);
  const problems = ({ message }: InspectError) => object.warn(message);
  const { length: symbolCount } = object.symbols;
  for (const table of tables) {
    const add = (offset: bigint, symbol: number, _type: number, addend: bigint | undefined) => {
      const at = placeOf(object, target, offset);
      if (at === undefined) return;
      if (at % INSN_SIZE === 0 && symbol > 0 && symbol < symbolCount && refers(bytes[at])) {
        slots.push(at / INSN_SIZE);
        symbols.push(symbol);
        addends.push(addend === undefined ? 0 : Number(BigInt.asIntN(32, addend)));
        return;
      }
      const where = `the relocation at offset ${hex(at)} of ${titleOf(target)}`;
      object.warn(`${titleOf(table)}: ${where} ${whatIsWrong(object, at, symbol)}`);
    };
    object.attempt(undefined, () => eachRelocation(object.elf, table, add, problems));
  }
  return isAscending(slots) ? { slots, symbols, addends } : bySlot({ slots, symbols, addends });
}

/** Slots of calls that need no relocation, as far as it is known here (libbpf libbpf.c:insn_is_subprog_call). */
function callsByDistance(bytes: Uint8Array, littleEndian: boolean): number[] {
  const { SUBPROG } = CALL_KIND;
  const start = Buffer.of(CODE.CALL, littleEndian ? SUBPROG << 4 : SUBPROG, 0, 0);
  const searched = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length - (bytes.length % INSN_SIZE));
  const slots: number[] = [];
  for (let at = searched.indexOf(start); at >= 0; at = searched.indexOf(start, at + 1))
    if (at % INSN_SIZE === 0) slots.push(at / INSN_SIZE);
  return slots;
}

function isAscending(slots: readonly number[]): boolean {
  for (let i = 1; i < slots.length; i++) if ((slots[i] as number) <= (slots[i - 1] as number)) return false;
  return true;
}

/** One for each slot: the last. */
function bySlot({ slots, symbols, addends }: ReferringInsns): ReferringInsns {
  const last = new Map(slots.map((slot, i) => [slot, i]));
  const order = [...last.values()].sort((a, b) => (slots[a] as number) - (slots[b] as number));
  const ordered = (column: readonly number[]) => order.map((i) => column[i] as number);
  return { slots: ordered(slots), symbols: ordered(symbols), addends: ordered(addends) };
}

/** In bytes from the start of the section. */
function placeOf(object: ObjectFile, target: ElfSection, offset: bigint): number | undefined {
  const at = Number(offset);
  const sound = object.elf.type === ELF_TYPE.REL && at + INSN_SIZE <= target.size;
  return sound ? at : checkedPlace(object, target, offset);
}

function checkedPlace(object: ObjectFile, target: ElfSection, offset: bigint): number | undefined {
  return object.attempt(undefined, () => offsetInSection(object.elf, target, offset, INSN_SIZE));
}

function whatIsWrong({ symbols }: ObjectFile, at: number, index: number): string {
  if (at % INSN_SIZE !== 0) return "is not at the start of an instruction";
  const symbol = index === 0 ? undefined : symbols.at(index);
  if (!symbol) return "has no symbol";
  return `against '${symbol.name || (symbol.section?.name ?? "")}' is neither of a call nor of a 64-bit load`;
}

function refers(code: number | undefined): boolean {
  return code === LD_IMM64 || code === CODE.CALL;
}
