/** Builds .BTF.ext, in the layout of libbpf's struct btf_ext_header. */
import type { ExtInfoKind } from "../../src/btf/ext-sections.ts";

const HEADER_SIZE = 32;
export const EXT_KINDS: readonly ExtInfoKind[] = ["func_info", "line_info", "core_relo"];

export interface ExtSpec {
  readonly recordSize: number;
  /** Name offset and records, each as words. */
  readonly sections: readonly (readonly [nameOff: number, records: readonly (readonly number[])[]])[];
}

/** Words of 32 bits behind a header that tells where each kind is. */
export function ext(
  specs: Partial<Record<ExtInfoKind, ExtSpec>>,
  { littleEndian = true, headerSize = HEADER_SIZE } = {},
): Uint8Array {
  const places: number[] = [];
  const words: number[] = [];
  for (const kind of EXT_KINDS) {
    const spec = specs[kind];
    const start = words.length;
    if (spec) {
      words.push(spec.recordSize);
      for (const [nameOff, records] of spec.sections) words.push(nameOff, records.length, ...records.flat());
    }
    places.push(start * 4, (words.length - start) * 4);
  }
  const bytes = new Uint8Array(headerSize + words.length * 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xeb9f, littleEndian);
  view.setUint8(2, 1);
  view.setUint32(4, headerSize, littleEndian);
  for (const [i, place] of places.entries())
    if (8 + i * 4 < headerSize) view.setUint32(8 + i * 4, place, littleEndian);
  for (const [i, word] of words.entries()) view.setUint32(headerSize + i * 4, word, littleEndian);
  return bytes;
}
