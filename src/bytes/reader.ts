/** Bounds-checked reads at given offsets, in either byte order. */
import { malformedError } from "../errors.ts";

/** All offsets are in bytes from the start of `bytes`. Reads past the end throw a malformed error. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly #view: DataView;
  readonly #what: string;

  /** `what` names the bytes in errors: `Cannot parse BTF: ...`. */
  constructor(bytes: Uint8Array, options: { littleEndian?: boolean; what: string }) {
    this.bytes = bytes;
    this.littleEndian = options.littleEndian ?? true;
    this.#what = options.what;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  u8(offset: number): number {
    this.need(offset, 1);
    return this.#view.getUint8(offset);
  }

  u16(offset: number): number {
    this.need(offset, 2);
    return this.#view.getUint16(offset, this.littleEndian);
  }

  u32(offset: number): number {
    this.need(offset, 4);
    return this.#view.getUint32(offset, this.littleEndian);
  }

  i32(offset: number): number {
    this.need(offset, 4);
    return this.#view.getInt32(offset, this.littleEndian);
  }

  u64(offset: number): bigint {
    this.need(offset, 8);
    return this.#view.getBigUint64(offset, this.littleEndian);
  }

  slice(offset: number, length: number): Uint8Array {
    this.need(offset, length);
    return this.bytes.subarray(offset, offset + length);
  }

  /** Throws unless `length` bytes stand at `offset`. */
  need(offset: number, length: number): void {
    if (offset < 0 || length < 0 || offset + length > this.bytes.length) {
      throw malformedError(
        this.#what,
        `${length} bytes at offset 0x${offset.toString(16)} are past the end (${this.bytes.length} bytes)`,
        offset,
      );
    }
  }
}
