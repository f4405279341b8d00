/**
 * The sections of a BTF blob: header, types, strings, and the sizes of kinds that are not known yet
 * (include/uapi/linux/btf.h; libbpf btf.c:btf_parse_hdr, btf_parse_type_sec).
 *
 * A type section is nothing but 32-bit words, so it is handed out as such, in this machine's byte order.
 */
import { HOST_LITTLE_ENDIAN } from "../bytes/host.ts";
import { ByteReader } from "../bytes/reader.ts";
import { malformedError } from "../errors.ts";
import { BTF_KIND } from "./kinds.ts";

export const BTF_MAGIC = 0xeb9f;
const HEADER_SIZE = 24;
/** A header of this size tells where the layouts of kinds are. */
const HEADER_SIZE_WITH_LAYOUT = 32;
const WORD = 4;

/** Words of every type: name_off, info, and size or type. */
export const TYPE_WORDS = 3;

export interface BtfSections {
  readonly littleEndian: boolean;
  /** The type section. */
  readonly words: Uint32Array;
  /** Index of each type's first word; then the number of words. */
  readonly starts: Uint32Array;
  /** BTF_KIND of each type. */
  readonly kinds: Uint8Array;
  readonly strings: Uint8Array;
}

export function kindOf(info: number): number {
  return (info >>> 24) & 0x7f;
}

/** How many members, values, parameters or variables follow. */
export function vlenOf(info: number): number {
  return info & 0xff_ffff;
}

export function kindFlagOf(info: number): boolean {
  return info >>> 31 === 1;
}

/** Words that follow the first three of a type: once, and for each of its `vlen` items. */
interface Tail {
  readonly fixed: number;
  readonly each: number;
}

const NONE: Tail = { fixed: 0, each: 0 };

const TAILS: readonly (Tail | undefined)[] = tailsByKind({
  [BTF_KIND.INT]: { fixed: 1, each: 0 },
  [BTF_KIND.PTR]: NONE,
  [BTF_KIND.ARRAY]: { fixed: 3, each: 0 },
  [BTF_KIND.STRUCT]: { fixed: 0, each: 3 },
  [BTF_KIND.UNION]: { fixed: 0, each: 3 },
  [BTF_KIND.ENUM]: { fixed: 0, each: 2 },
  [BTF_KIND.FWD]: NONE,
  [BTF_KIND.TYPEDEF]: NONE,
  [BTF_KIND.VOLATILE]: NONE,
  [BTF_KIND.CONST]: NONE,
  [BTF_KIND.RESTRICT]: NONE,
  [BTF_KIND.FUNC]: NONE,
  [BTF_KIND.FUNC_PROTO]: { fixed: 0, each: 2 },
  [BTF_KIND.VAR]: { fixed: 1, each: 0 },
  [BTF_KIND.DATASEC]: { fixed: 0, each: 3 },
  [BTF_KIND.FLOAT]: NONE,
  [BTF_KIND.DECL_TAG]: { fixed: 1, each: 0 },
  [BTF_KIND.TYPE_TAG]: NONE,
  [BTF_KIND.ENUM64]: { fixed: 0, each: 3 },
});

function tailsByKind(tails: Readonly<Record<number, Tail>>): (Tail | undefined)[] {
  return Array.from({ length: 128 }, (_, kind) => tails[kind]);
}

/** The first bytes of BTF in either byte order. */
export function isBtf(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0x9f && second === 0xeb) || (first === 0xeb && second === 0x9f);
}

/** Throws a malformed error, with the offset, where the blob is not BTF or a type runs over its end. `firstId` names types in errors. */
export function parseSections(bytes: Uint8Array, firstId = 1): BtfSections {
  const littleEndian = bytes[0] === (BTF_MAGIC & 0xff);
  const reader = new ByteReader(bytes, { littleEndian, what: "BTF" });
  if (reader.u16(0) !== BTF_MAGIC)
    throw malformedError("BTF", `no magic number 0x${BTF_MAGIC.toString(16)}`, 0);
  if (reader.u8(2) !== 1) throw malformedError("BTF", `version ${reader.u8(2)} is not 1`, 2);
  const headerSize = reader.u32(4);
  if (headerSize < HEADER_SIZE) throw malformedError("BTF", `header of ${headerSize} bytes is too short`, 4);
  reader.need(0, headerSize);
  const section = (at: number) => ({ start: headerSize + reader.u32(at), size: reader.u32(at + WORD) });
  const types = section(8);
  const strings = section(16);
  const layouts = headerSize >= HEADER_SIZE_WITH_LAYOUT ? section(24) : { start: 0, size: 0 };
  const tails = layouts.size === 0 ? TAILS : withLayouts(reader.slice(layouts.start, layouts.size));
  const typeBytes = reader.slice(types.start, types.size);
  if (types.size % WORD !== 0)
    throw malformedError("BTF", `types of ${types.size} bytes are not whole words`, types.start);
  const words = toWords(typeBytes, littleEndian);
  return {
    littleEndian,
    words,
    ...indexTypes(words, tails, types.start, firstId),
    strings: reader.slice(strings.start, strings.size),
  };
}

/** Without a copy where byte order and alignment allow it. */
function toWords(bytes: Uint8Array, littleEndian: boolean): Uint32Array {
  const swapped = littleEndian !== HOST_LITTLE_ENDIAN;
  if (!swapped && bytes.byteOffset % WORD === 0)
    return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / WORD);
  const copy = Buffer.from(Uint8Array.from(bytes).buffer);
  if (swapped) copy.swap32();
  return new Uint32Array(copy.buffer, copy.byteOffset, copy.length / WORD);
}

/** The sizes that the blob itself tells (struct btf_layout: info_sz, elem_sz, flags), for kinds that are not known here. */
function withLayouts(layouts: Uint8Array): (Tail | undefined)[] {
  return TAILS.map((known, kind) => {
    const [fixed, each] = layouts.subarray(kind * WORD);
    if (known || kind === 0 || fixed === undefined || each === undefined) return known;
    return fixed % WORD === 0 && each % WORD === 0 ? { fixed: fixed / WORD, each: each / WORD } : undefined;
  });
}

/** Where each type starts, and its kind. A kind of unknown size is an error: what is behind it cannot be found. */
function indexTypes(
  words: Uint32Array,
  tails: readonly (Tail | undefined)[],
  sectionOffset: number,
  firstId: number,
): Pick<BtfSections, "starts" | "kinds"> {
  const starts = new Uint32Array(Math.floor(words.length / TYPE_WORDS) + 1);
  const kinds = new Uint8Array(starts.length);
  let count = 0;
  const fail = (at: number, what: string): never => {
    const offset = sectionOffset + at * WORD;
    throw malformedError(
      "BTF",
      `type [${firstId + count}] at offset 0x${offset.toString(16)} ${what}`,
      offset,
    );
  };
  let at = 0;
  while (at < words.length) {
    if (at + TYPE_WORDS > words.length) fail(at, "runs over the end of the types");
    const info = words[at + 1] as number;
    const kind = kindOf(info);
    const tail = tails[kind];
    if (tail === undefined) return fail(at, `has the unknown kind ${kind}`);
    const next = at + TYPE_WORDS + tail.fixed + tail.each * vlenOf(info);
    if (next > words.length) fail(at, "runs over the end of the types");
    kinds[count] = kind;
    starts[count++] = at;
    at = next;
  }
  starts[count] = words.length;
  return { starts: starts.subarray(0, count + 1), kinds: kinds.subarray(0, count) };
}
