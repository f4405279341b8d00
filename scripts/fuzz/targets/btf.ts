/** All that reads BTF as such. */
import type { Btf } from "../../../src/btf/btf.ts";
import { writeC } from "../../../src/btf/c/dump.ts";
import { decodeFuncInfo, decodeLineInfo } from "../../../src/btf/ext-info.ts";
import { findType } from "../../../src/btf/find.ts";
import { signature } from "../../../src/btf/signature.ts";
import { sizeOf } from "../../../src/btf/value.ts";
import { JsonWriter } from "../../../src/json/writer.ts";
import { rawJson, rawPlain } from "../../../src/render/btf/raw.ts";
import type { Probe } from "../probe.ts";

/** Each may be made of many types. */
const MAX_SIGNATURES = 500;

/** There are no types of these. */
const NO_IDS = [0x7fff_ffff, 0xffff_ffff, -1];

/** Own ids and those around them. */
export function idsOf(btf: Btf): number[] {
  const own = Array.from({ length: btf.typeCount - btf.firstId }, (_, i) => btf.firstId + i);
  return [0, ...own, btf.typeCount, ...NO_IDS];
}

/** `label` tells how the BTF came to be. */
export function readTypes(probe: Probe, btf: Btf, label: string): void {
  const { random, input } = probe.case;
  const ids = idsOf(btf);
  probe.attempt(`${label}type()`, () => ids.map((id) => btf.type(id)));
  probe.attempt(`${label}string()`, () => {
    const ends = [0, btf.firstString - 1, btf.firstString, btf.stringsEnd - 1, btf.stringsEnd, 0xffff_ffff];
    return ends.map((offset) => btf.string(offset));
  });
  probe.attempt(`${label}sizeOf()`, () => ids.map((id) => sizeOf(btf, id)));
  probe.text(`${label}signature()`, (sink) => {
    for (const id of ids.slice(-MAX_SIGNATURES)) sink.write(signature(btf, id) ?? "");
  });
  const wanted = btf.type(btf.firstId + random.below(btf.typeCount - btf.firstId + 1))?.name ?? "";
  for (const name of [wanted, `struct ${wanted}`, `enum ${wanted}`, "struct", ""])
    probe.attempt(`${label}findType()`, () => findType(btf, name));
  for (const bytes of input.files.values()) readExtInfo(probe, bytes, label);
}

export function dumpTypes(probe: Probe, btf: Btf, label: string): void {
  const { random } = probe.case;
  const ids = idsOf(btf).slice(0, -NO_IDS.length - 1);
  const some = Array.from({ length: 3 }, () => random.pick(ids));
  probe.text(`${label}raw plain`, (sink) => rawPlain(sink, btf));
  probe.text(`${label}raw plain, some`, (sink) => rawPlain(sink, btf, { ids: some }));
  const pretty = random.below(2) === 0;
  for (const options of [{}, { ids: some }])
    probe.json(`${label}raw JSON${pretty ? ", pretty" : ""}`, (sink) =>
      rawJson(sink, new JsonWriter(sink, { pretty }), btf, options),
    );
  probe.text(`${label}C sorted`, (sink) => writeC(sink, btf));
  probe.text(`${label}C unsorted`, (sink) => writeC(sink, btf, { unsorted: true }));
  probe.text(`${label}C of some`, (sink) => writeC(sink, btf, { rootIds: some }));
}

const RECORD_SIZES = [0, 7, 8, 16, 17, 32, 0xffff_ffff];

function readExtInfo(probe: Probe, bytes: Uint8Array, label: string): void {
  const size = probe.case.random.pick(RECORD_SIZES);
  probe.attempt(`${label}decodeFuncInfo()`, () => decodeFuncInfo(bytes, size, false));
  probe.attempt(`${label}decodeLineInfo()`, () => decodeLineInfo(bytes, size));
}
