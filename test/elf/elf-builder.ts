/** Builds ELF files section by section, broken ones too, in the layout of include/uapi/linux/elf.h. */

export interface Format {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
}

type Value = number | bigint;

export interface SectionSpec {
  readonly name?: string;
  readonly type?: number;
  readonly flags?: bigint;
  readonly address?: bigint;
  readonly link?: number;
  readonly info?: number;
  readonly align?: Value;
  readonly entrySize?: Value;
  readonly bytes?: Uint8Array;
  /** Other than where the bytes are, and how many. */
  readonly offset?: Value;
  readonly size?: Value;
  /** Other than that of the name. */
  readonly nameOffset?: number;
}

/** Fields that are other than they should be. */
export interface HeaderSpec {
  readonly type?: number;
  readonly machine?: number;
  readonly sections?: Value;
  readonly sectionSize?: number;
  readonly sectionCount?: number;
  readonly namesIndex?: number;
  /** Bytes of e_ident by offset. */
  readonly ident?: Readonly<Record<number, number>>;
}

export const LE64: Format = { bits: 64, littleEndian: true };
export const FORMATS: readonly Format[] = ([32, 64] as const).flatMap((bits) =>
  [true, false].map((littleEndian) => ({ bits, littleEndian })),
);

const LARGEST_COUNT = 0xff00;

/** Fields one after another; `native` ones are as wide as the class. */
function encode(
  { bits, littleEndian }: Format,
  fields: readonly (readonly [width: number | "native", value: Value])[],
): Uint8Array {
  const widths = fields.map(([width]) => (width === "native" ? bits / 8 : width));
  const bytes = new Uint8Array(widths.reduce((sum, width) => sum + width, 0));
  let at = 0;
  for (const [i, [, value]] of fields.entries()) {
    const width = widths[i] as number;
    for (let k = 0; k < width; k++) {
      const shift = BigInt(8 * (littleEndian ? k : width - 1 - k));
      bytes[at + k] = Number((BigInt(value) >> shift) & 0xffn);
    }
    at += width;
  }
  return bytes;
}

/**
 * The sections get the indexes from 1 on; the last one is `.shstrtab`. What does not fit into the header goes into
 * section 0, as it does with `extended`.
 */
export function buildElf(
  format: Format,
  specs: readonly SectionSpec[],
  header: HeaderSpec = {},
  { extended = specs.length + 2 >= LARGEST_COUNT } = {},
): Uint8Array {
  let names = "\0";
  const nameOffsets = [...specs, { name: ".shstrtab" }].map(({ name = "" }) => {
    if (name === "") return 0;
    names += `${name}\0`;
    return names.length - name.length - 1;
  });
  const count = specs.length + 2;
  const sections: SectionSpec[] = [
    { type: 0, ...(extended ? { size: count, link: count - 1 } : {}) },
    ...specs.map((spec, i) => ({ nameOffset: nameOffsets[i] as number, ...spec })),
    { type: 3, bytes: Buffer.from(names, "latin1"), nameOffset: nameOffsets.at(-1) as number },
  ];
  const headerSize = format.bits === 64 ? 64 : 52;
  const sectionSize = format.bits === 64 ? 64 : 40;
  const contents: Uint8Array[] = [];
  let end = headerSize;
  const headers = sections.map((section, index) => {
    const { bytes = new Uint8Array() } = section;
    const offset = index === 0 ? 0 : end;
    contents.push(bytes);
    end += bytes.length;
    return encode(format, [
      [4, section.nameOffset ?? 0],
      [4, section.type ?? 1],
      ["native", section.flags ?? 0],
      ["native", section.address ?? 0],
      ["native", section.offset ?? offset],
      ["native", section.size ?? bytes.length],
      [4, section.link ?? 0],
      [4, section.info ?? 0],
      ["native", section.align ?? 1],
      ["native", section.entrySize ?? 0],
    ]);
  });
  const ident = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, format.bits / 32, format.littleEndian ? 1 : 2, 1);
  for (const [at, byte] of Object.entries(header.ident ?? {})) ident[Number(at)] = byte;
  const fileHeader = encode(format, [
    ...Array.from({ length: 16 }, (_, i) => [1, ident[i] ?? 0] as const),
    [2, header.type ?? 1],
    [2, header.machine ?? 247],
    [4, 1],
    ["native", 0],
    ["native", 0],
    ["native", header.sections ?? end],
    [4, 0],
    [2, headerSize],
    [2, 0],
    [2, 0],
    [2, header.sectionSize ?? sectionSize],
    [2, header.sectionCount ?? (extended ? 0 : count)],
    [2, header.namesIndex ?? (extended ? 0xffff : count - 1)],
  ]);
  return Buffer.concat([fileHeader, ...contents, ...headers]);
}

export interface SymbolSpec {
  readonly nameOffset?: number;
  readonly value?: Value;
  readonly size?: Value;
  readonly info?: number;
  readonly other?: number;
  readonly sectionIndex?: number;
}

/** The entries of a symbol table, without the empty first one; 16 or 24 bytes each. */
export function symbolTable(format: Format, symbols: readonly SymbolSpec[]): SectionSpec {
  const entries = [{}, ...symbols].map((symbol: SymbolSpec) => {
    const head = [4, symbol.nameOffset ?? 0] as const;
    const place = [
      ["native", symbol.value ?? 0],
      ["native", symbol.size ?? 0],
    ] as const;
    const kind = [
      [1, symbol.info ?? 0],
      [1, symbol.other ?? 0],
      [2, symbol.sectionIndex ?? 0],
    ] as const;
    return encode(format, format.bits === 64 ? [head, ...kind, ...place] : [head, ...place, ...kind]);
  });
  return { type: 2, entrySize: format.bits === 64 ? 24 : 16, bytes: Buffer.concat(entries) };
}

/** Words of 32 bits. */
export function words(format: Format, values: readonly number[]): Uint8Array {
  return encode(
    format,
    values.map((value) => [4, value]),
  );
}

/** The entries of a relocation section; `addend` makes it RELA. */
export function relocationTable(
  format: Format,
  entries: readonly { offset?: Value; symbol?: number; type?: number; addend?: Value }[],
): SectionSpec {
  const rela = entries.some(({ addend }) => addend !== undefined);
  const shift = format.bits === 64 ? 32n : 8n;
  const bytes = entries.map(({ offset = 0, symbol = 0, type = 0, addend = 0 }) =>
    encode(format, [
      ["native", offset],
      ["native", (BigInt(symbol) << shift) | BigInt(type)],
      ...(rela ? [["native", addend] as const] : []),
    ]),
  );
  const entrySize = (format.bits / 8) * (rela ? 3 : 2);
  return { type: rela ? 4 : 9, entrySize, bytes: Buffer.concat(bytes) };
}
