/** BTF that maps for local storage must have: a value with a lock in it (libbpf libbpf_probes.c:load_local_storage_btf). */
import { HOST_LITTLE_ENDIAN } from "../../../bytes/host.ts";
import { BTF_KIND, INT_ENCODING } from "../../../btf/kinds.ts";

const STRINGS = "\0bpf_spin_lock\0val\0cnt\0l\0";
const nameAt = (name: string) => STRINGS.indexOf(`\0${name}\0`) + 1;

const info = (kind: number, members = 0) => (kind << 24) | members;

const TYPES = [
  // [1] int
  ...[0, info(BTF_KIND.INT), 4, (INT_ENCODING.SIGNED << 24) | 32],
  // [2] struct bpf_spin_lock { int val; }
  ...[nameAt("bpf_spin_lock"), info(BTF_KIND.STRUCT, 1), 4],
  ...[nameAt("val"), 1, 0],
  // [3] struct val { int cnt; struct bpf_spin_lock l; }
  ...[nameAt("val"), info(BTF_KIND.STRUCT, 2), 8],
  ...[nameAt("cnt"), 1, 0],
  ...[nameAt("l"), 2, 32],
];

export const STORAGE_TYPES = { key: 1, value: 3, valueSize: 8 } as const;

const MAGIC = 0xeb9f;
const HEADER_SIZE = 24;

/** A whole BTF section, in the byte order of this machine. */
export function storageBtf(): Uint8Array {
  const typesSize = TYPES.length * 4;
  const bytes = new Uint8Array(new ArrayBuffer(HEADER_SIZE + typesSize + STRINGS.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, MAGIC, HOST_LITTLE_ENDIAN);
  view.setUint8(2, 1); // version
  const header = [HEADER_SIZE, 0, typesSize, typesSize, STRINGS.length];
  for (const [at, word] of [...header, ...TYPES].entries())
    view.setUint32(4 + at * 4, word, HOST_LITTLE_ENDIAN);
  bytes.set(Buffer.from(STRINGS, "latin1"), HEADER_SIZE + typesSize);
  return bytes;
}
