/**
 * Records of .BTF.ext by the function that they belong to, and moved along with it
 * (libbpf libbpf.c:adjust_prog_btf_ext_info).
 */
import { type ExtInfoKind, type ExtInfoSection, extInfo } from "../../btf/ext-sections.ts";
import { INSN_SIZE } from "../../insn/insn.ts";
import type { ObjectFunction } from "./functions.ts";
import type { Part } from "./linking.ts";
import type { ObjectFile } from "./object.ts";
import { firstAtLeast } from "./sorted.ts";

/** The records of one ELF section, ascending by slot. */
interface SortedRecords {
  readonly slots: Uint32Array;
  readonly bytes: Uint8Array;
}

export class ExtRecords {
  /** Of one record; 0 where there are none at all. */
  readonly recordSize: number;
  readonly #littleEndian: boolean;
  readonly #sections: ReadonlyMap<number, readonly ExtInfoSection[]>;
  readonly #sorted = new Map<number, SortedRecords>();

  constructor(object: ObjectFile, kind: ExtInfoKind) {
    const info = object.attempt(undefined, () => object.btfExt && extInfo(object.btfExt, kind));
    this.recordSize = info?.recordSize ?? 0;
    this.#littleEndian = object.littleEndian;
    this.#sections = byElfSection(object, info?.sections ?? []);
  }

  /** How many records a function has. */
  countOf(of: ObjectFunction): number {
    const [from, to] = this.#range(of);
    return to - from;
  }

  /** The records of a function, one after the other, and the slot of each from the start of the function. */
  of(of: ObjectFunction): { readonly slots: Uint32Array; readonly bytes: Uint8Array } {
    const [from, to] = this.#range(of);
    const sorted = this.#sortedOf(of.section.index);
    return {
      slots: sorted.slots.subarray(from, to).map((slot) => slot - of.start),
      bytes: sorted.bytes.subarray(from * this.recordSize, to * this.recordSize),
    };
  }

  /** The records of all functions of a program, as the kernel takes them: places are slots of the program. */
  moved(parts: readonly Part[]): Uint8Array {
    const found = parts.map(({ function: of, start }) => ({ start, ...this.of(of) }));
    const bytes = Buffer.concat(found.map((part) => part.bytes));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    for (const { start, slots } of found)
      for (const slot of slots) {
        view.setUint32(at, start + slot, this.#littleEndian);
        at += this.recordSize;
      }
    return bytes;
  }

  #range({ section, start, slots: count }: ObjectFunction): [from: number, to: number] {
    const { slots } = this.#sortedOf(section.index);
    return [firstAtLeast(slots, start), firstAtLeast(slots, start + count)];
  }

  #sortedOf(sectionIndex: number): SortedRecords {
    let sorted = this.#sorted.get(sectionIndex);
    if (!sorted) {
      const pieces = (this.#sections.get(sectionIndex) ?? []).map(({ records }) => records);
      const [first] = pieces;
      const bytes = first && pieces.length === 1 ? first : Buffer.concat(pieces);
      sorted = sortRecords(bytes, this.recordSize, this.#littleEndian);
      this.#sorted.set(sectionIndex, sorted);
    }
    return sorted;
  }
}

/** One for each slot, the first where there are several. Compilers write them in order. */
function sortRecords(bytes: Uint8Array, recordSize: number, littleEndian: boolean): SortedRecords {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const slots = new Uint32Array(recordSize === 0 ? 0 : bytes.length / recordSize);
  let ascending = true;
  for (let i = 0; i < slots.length; i++) {
    slots[i] = view.getUint32(i * recordSize, littleEndian) / INSN_SIZE;
    if (i > 0 && (slots[i] as number) <= (slots[i - 1] as number)) ascending = false;
  }
  if (ascending) return { slots, bytes };
  const bySlot = new Map<number, number>();
  for (const [i, slot] of slots.entries()) if (!bySlot.has(slot)) bySlot.set(slot, i);
  const order = [...bySlot].sort(([a], [b]) => a - b);
  return {
    slots: Uint32Array.from(order, ([slot]) => slot),
    bytes: Buffer.concat(order.map(([, i]) => bytes.subarray(i * recordSize, (i + 1) * recordSize))),
  };
}

/** By the index of the first section of each name. */
function byElfSection(
  { btf, elf }: ObjectFile,
  sections: readonly ExtInfoSection[],
): ReadonlyMap<number, readonly ExtInfoSection[]> {
  const indexes = new Map<string, number>();
  for (const { name, index } of elf.sections) if (!indexes.has(name)) indexes.set(name, index);
  const found = new Map<number, ExtInfoSection[]>();
  for (const section of sections) {
    const name = btf?.string(section.nameOff);
    const index = name === undefined ? undefined : indexes.get(name);
    if (index === undefined) continue;
    const others = found.get(index);
    if (others) others.push(section);
    else found.set(index, [section]);
  }
  return found;
}
