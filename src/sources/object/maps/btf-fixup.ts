/** The BTF of an object as a loader would hand it to the kernel: with the sizes and offsets of data sections. */
import { ByteReader } from "../../../bytes/reader.ts";
import { TYPE_WORDS } from "../../../btf/sections.ts";
import { sectionBytes, sectionNamed } from "../../../elf/sections.ts";
import { notFoundError } from "../../../errors.ts";
import type { BpfObject } from "../contract.ts";
import { readDataSections } from "./data-section.ts";

const WORD = 4;
/** Offsets in struct btf_header. */
const HEADER_LENGTH_AT = 4;
const TYPES_OFFSET_AT = 8;
const SIZE_WORD = 2;
const ITEM_WORDS = 3;

/**
 * A copy of .BTF; the types and their ids are the same. Offsets of externs are those in the map of .kconfig, items
 * ascend by offset. Throws a not-found error where the object has no BTF.
 */
export function fixupBtf(object: BpfObject): Uint8Array {
  const { btf, elf, label } = object;
  const section = sectionNamed(elf, ".BTF");
  const original = section && sectionBytes(elf, section);
  if (!btf || !original) throw notFoundError(`object '${label}' has no BTF`);
  const bytes = Uint8Array.from(original);
  const { littleEndian, words, starts } = btf.sections;
  const reader = new ByteReader(bytes, { littleEndian, what: "BTF" });
  const types = reader.u32(HEADER_LENGTH_AT) + reader.u32(TYPES_OFFSET_AT);
  reader.need(types, words.length * WORD);
  const view = new DataView(bytes.buffer);
  const write = (word: number, value: number) => view.setUint32(types + word * WORD, value, littleEndian);
  for (const { id, size, items } of readDataSections(object, () => {})) {
    const start = starts[id - btf.firstId] as number;
    write(start + SIZE_WORD, size);
    for (const [i, { typeId, offset, size: itemSize }] of items.entries()) {
      const at = start + TYPE_WORDS + i * ITEM_WORDS;
      write(at, typeId);
      write(at + 1, offset);
      write(at + 2, itemSize);
    }
  }
  return bytes;
}
