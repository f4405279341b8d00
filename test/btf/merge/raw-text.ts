/** `btf dump` of a whole BTF, as byte text. */
import type { Btf } from "../../../src/btf/btf.ts";
import { ByteBuffer } from "../../../src/bytes/sink.ts";
import { rawPlain } from "../../../src/render/btf/raw.ts";

export function rawText(btf: Btf): string {
  const out = new ByteBuffer();
  rawPlain(out, btf);
  return out.toString();
}
