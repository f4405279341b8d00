/** BTF as bytes, in this machine's byte order (include/uapi/linux/btf.h:btf_header). */
import { BTF_MAGIC } from "../sections.ts";

const HEADER_SIZE = 24;
const VERSION = 1;

export function btfBlob(words: Uint32Array, strings: Uint8Array): Uint8Array {
  const typesSize = words.byteLength;
  const blob = new Uint8Array(HEADER_SIZE + typesSize + strings.length);
  new Uint16Array(blob.buffer, 0, 1)[0] = BTF_MAGIC;
  blob[2] = VERSION;
  // hdr_len; type_off, type_len, str_off, str_len
  new Uint32Array(blob.buffer, 4, 5).set([HEADER_SIZE, 0, typesSize, typesSize, strings.length]);
  blob.set(new Uint8Array(words.buffer, words.byteOffset, typesSize), HEADER_SIZE);
  blob.set(strings, HEADER_SIZE + typesSize);
  return blob;
}
