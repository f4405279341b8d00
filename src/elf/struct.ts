/**
 * The C structs of include/uapi/linux/elf.h as tables: the width of each field, in order; none has padding.
 * `native` fields (Elf*_Addr, Elf*_Off and what is as wide) have 4 bytes in 32-bit files and 8 in 64-bit ones.
 */
import type { ByteReader } from "../bytes/reader.ts";

export type Bits = 32 | 64;

type Width = 1 | 2 | 4 | "native";
export type Fields = Readonly<Record<string, Width>>;

/** Fields as the file has them; native ones are bigint in files of either class. */
export type Raw<F extends Fields> = { readonly [K in keyof F]: F[K] extends "native" ? bigint : number };

export interface Struct<F extends Fields> {
  /** In bytes. */
  readonly size: number;
  /** Of each field, in bytes. */
  readonly offsets: Readonly<Record<keyof F, number>>;
  readonly decode: (reader: ByteReader, at: number) => Raw<F>;
}

/** A struct in both classes; `fields64` where the order is another there. */
export type Structs<F extends Fields> = Readonly<Record<Bits, Struct<F>>>;

export function structs<const F extends Fields>(fields32: F, fields64 = fields32): Structs<F> {
  return { 32: struct(fields32, 32), 64: struct(fields64, 64) };
}

function struct<F extends Fields>(fields: F, bits: Bits): Struct<F> {
  let size = 0;
  const places = Object.entries(fields).map(([name, width]) => {
    const offset = size;
    size += width === "native" ? bits / 8 : width;
    return { name, width, offset };
  });
  const decode = (reader: ByteReader, at: number) => {
    const raw: Record<string, number | bigint> = {};
    for (const { name, width, offset } of places) raw[name] = read(reader, at + offset, width, bits);
    return raw as Raw<F>;
  };
  const offsets = Object.fromEntries(places.map(({ name, offset }) => [name, offset]));
  return { size, offsets: offsets as Struct<F>["offsets"], decode };
}

function read(reader: ByteReader, at: number, width: Width, bits: Bits): number | bigint {
  switch (width) {
    case 1:
      return reader.u8(at);
    case 2:
      return reader.u16(at);
    case 4:
      return reader.u32(at);
    case "native":
      return bits === 64 ? reader.u64(at) : BigInt(reader.u32(at));
  }
}
