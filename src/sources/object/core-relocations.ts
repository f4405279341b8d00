/** The CO-RE relocations of functions, as references (libbpf libbpf.c:bpf_object__relocate_core). */
import { decodeCoreRelos } from "../../btf/ext-info.ts";
import { coreText } from "../../btf/core-access.ts";
import type { InsnReference } from "../../model/records.ts";
import type { ExtRecords } from "./ext-records.ts";
import type { Part } from "./linking.ts";
import type { ObjectFile } from "./object.ts";

/** Those of all functions of a program, by pc. */
export function coreReferences(
  object: ObjectFile,
  records: ExtRecords,
  parts: readonly Part[],
): InsnReference[] {
  const { btf } = object;
  if (!btf) return [];
  return parts.flatMap(({ function: of, start }) => {
    const { slots, bytes } = records.of(of);
    const relocations =
      bytes.length === 0 ? [] : decodeCoreRelos(bytes, records.recordSize, object.littleEndian);
    return relocations.flatMap((relocation, i): InsnReference[] => {
      const text = object.attempt(undefined, () => coreText(btf, relocation));
      return text ? [{ pc: start + (slots[i] as number), kind: "core", ...text }] : [];
    });
  });
}
