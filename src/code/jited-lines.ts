/**
 * Source lines of a JIT image: which belong to which function (libbpf bpf_prog_linfo.c:dissect_jited_func).
 */
import { decodeLineInfo, type LineInfo } from "../btf/ext-info.ts";
import { ByteReader } from "../bytes/reader.ts";
import { malformedError } from "../errors.ts";
import type { ProgCode, ProgImage } from "../model/records.ts";

export interface Extent {
  /** A kernel address. */
  readonly start: bigint;
  /** Bytes. */
  readonly length: number;
}

/** A line and the kernel address that its code begins at. */
interface PlacedLine {
  readonly address: bigint;
  readonly line: LineInfo;
}

/** Bytes of an address in jited_line_info; records may be longer. */
const ADDRESS_SIZE = 8;

/**
 * The lines of each function in `extents`, in their order; insnOff counts bytes from the function's start.
 * Lines outside of all functions are left out. undefined where there are not as many addresses as lines.
 */
export function linesByFunction(
  code: ProgCode,
  image: ProgImage,
  littleEndian: boolean,
  extents: readonly Extent[],
): readonly (readonly LineInfo[])[] | undefined {
  const lines = placedLines(code, image, littleEndian);
  if (!lines) return undefined;
  const byFunction: LineInfo[][] = extents.map(() => []);
  const ascending = [...extents.entries()].sort(([, a], [, b]) => compare(a.start, b.start));
  for (const { address, line } of lines) {
    const [index, extent] = lastAtOrBefore(ascending, address) ?? [];
    if (index === undefined || extent === undefined) continue;
    const offset = Number(address - extent.start);
    if (offset < extent.length) byFunction[index]?.push({ ...line, insnOff: offset });
  }
  return byFunction;
}

function placedLines(code: ProgCode, image: ProgImage, littleEndian: boolean): PlacedLine[] | undefined {
  const { jitedLineInfo: bytes, jitedLineInfoRecSize: size } = image;
  if (bytes.length === 0) return [];
  if (size < ADDRESS_SIZE) {
    throw malformedError("jited_line_info", `records of ${size} bytes are shorter than ${ADDRESS_SIZE}`);
  }
  const lines = decodeLineInfo(code.lineInfo, code.lineInfoRecSize || undefined, littleEndian);
  if (lines.length !== Math.floor(bytes.length / size)) return undefined;
  const reader = new ByteReader(bytes, { littleEndian, what: "jited_line_info" });
  return lines.map((line, i) => ({ address: reader.u64(i * size), line }));
}

function lastAtOrBefore(
  ascending: readonly (readonly [index: number, extent: Extent])[],
  address: bigint,
): readonly [index: number, extent: Extent] | undefined {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const [, { start }] = ascending[middle] as (typeof ascending)[number];
    if (start <= address) low = middle + 1;
    else high = middle;
  }
  return ascending[low - 1];
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
