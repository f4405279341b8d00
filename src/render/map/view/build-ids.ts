/** Values of stack_trace maps with BPF_F_STACK_BUILD_ID: places in files, of the innermost function first. */
import { hexText } from "../../../bytes/hex.ts";
import type { BtfValue } from "../../../btf/value.ts";
import { leaf, type ViewLeaf } from "./node.ts";
import { unsigned } from "./raw.ts";

export const BPF_F_STACK_BUILD_ID = 1 << 5;

/** struct bpf_stack_build_id: status, 20 bytes of build id, offset or address. */
const BUILD_ID = { size: 32, idAt: 4, idSize: 20, offsetAt: 24, valid: 1n, fallback: 2n } as const;

/** A list of `<build id>+0x1234`, or addresses where the file is not known. */
export function buildIdLeaf(littleEndian: boolean): ViewLeaf {
  const status = unsigned(4, littleEndian);
  const offset = unsigned(8, littleEndian);
  const read = leaf((bytes, from, end) => {
    const items: BtfValue[] = [];
    for (let at = from; at + BUILD_ID.size <= end; at += BUILD_ID.size) {
      const known = BigInt(status(bytes, at, end) ?? 0);
      if (known !== BUILD_ID.valid && known !== BUILD_ID.fallback) break;
      const place = `0x${(offset(bytes, at + BUILD_ID.offsetAt, end) ?? 0).toString(16)}`;
      const id = hexText(bytes.subarray(at + BUILD_ID.idAt, at + BUILD_ID.idAt + BUILD_ID.idSize));
      items.push({ kind: "text", value: known === BUILD_ID.valid ? `${id}+${place}` : place });
    }
    return { kind: "list", items };
  });
  return { ...read, lines: true };
}
