/**
 * C structs as tables of fields, read and written through the same table, in the byte order of this machine:
 * they are exchanged with the running kernel only.
 */
import { HOST_LITTLE_ENDIAN } from "../bytes/host.ts";

export interface Field<Size extends 4 | 8 = 4 | 8> {
  /** Bytes from the start of the struct. */
  readonly offset: number;
  readonly size: Size;
}

export type Layout = Readonly<Record<string, Field>>;

/** u32 fields are numbers, u64 fields are bigint. */
export type StructOf<L extends Layout> = {
  -readonly [K in keyof L]: L[K]["size"] extends 8 ? bigint : number;
};

export function u32(offset: number): Field<4> {
  return { offset, size: 4 };
}

export function u64(offset: number): Field<8> {
  return { offset, size: 8 };
}

export function decodeStruct<const L extends Layout>(layout: L, bytes: Uint8Array): StructOf<L> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const struct: Record<string, number | bigint> = {};
  for (const name in layout) {
    struct[name] = readField(view, layout[name] as Field);
  }
  return struct as StructOf<L>;
}

function readField(view: DataView, { offset, size }: Field): number | bigint {
  return size === 8
    ? view.getBigUint64(offset, HOST_LITTLE_ENDIAN)
    : view.getUint32(offset, HOST_LITTLE_ENDIAN);
}

/** The value that a field has now. */
export type FieldReader = <Size extends 4 | 8>(field: Field<Size>) => Size extends 8 ? bigint : number;

/**
 * Reads single fields of a struct that the kernel fills again and again. An object of all fields is slow to make: with
 * more than some twenty names V8 keeps it as a hash table.
 */
export function fieldReader(bytes: Uint8Array): FieldReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return ({ offset, size }) =>
    (size === 8
      ? view.getBigUint64(offset, HOST_LITTLE_ENDIAN)
      : view.getUint32(offset, HOST_LITTLE_ENDIAN)) as never;
}

/** Writes one field of a struct that is handed to the kernel thousands of times. */
export function u32Setter({ offset }: Field<4>, bytes: Uint8Array): (value: number) => void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (value) => view.setUint32(offset, value, HOST_LITTLE_ENDIAN);
}

function writeField(view: DataView, { offset, size }: Field, value: number | bigint): void {
  if (size === 8) view.setBigUint64(offset, BigInt.asUintN(64, BigInt(value)), HOST_LITTLE_ENDIAN);
  else view.setUint32(offset, Number(value), HOST_LITTLE_ENDIAN);
}

/** Writes the given fields into `bytes`; the others stay as they are. */
export function encodeStruct<const L extends Layout>(
  layout: L,
  bytes: Uint8Array,
  values: Partial<StructOf<L>>,
): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const name in values) writeField(view, layout[name] as Field, values[name] as number | bigint);
  return bytes;
}
