/** The raw form of BTF: a line or object for each type and each of its parts (bpftool btf.c:dump_btf_raw). */
import type { Btf } from "../../btf/btf.ts";
import { ByteSink } from "../../bytes/sink.ts";
import { malformedError } from "../../errors.ts";
import type { JsonWriter } from "../../json/writer.ts";
import { jsonLayout, type Layout, plainLayout } from "./raw-layout.ts";
import { Names } from "./raw-names.ts";
import { LEAST_BUFFER, RawWriter } from "./raw-writer.ts";

/** Worth a rehearsal. */
const MANY_TYPES = 1000;

export interface RawOptions {
  /** Only these types, in this order, those of the base and 0 (void) among them; undefined: all own types of the BTF. */
  readonly ids?: readonly number[];
}

/** Throws a malformed error, before anything is written, where an id has no type. */
export function rawPlain(out: ByteSink, btf: Btf, { ids }: RawOptions = {}): void {
  checkIds(btf, ids);
  write(out, btf, plainLayout(), ids);
}

/** As rawPlain; `out` is what `json` writes to. */
export function rawJson(out: ByteSink, json: JsonWriter, btf: Btf, { ids }: RawOptions = {}): void {
  checkIds(btf, ids);
  json.startObject().key("types").startArray();
  if (ids ? ids.length > 0 : btf.typeCount > btf.firstId) {
    json.element();
    write(out, btf, jsonLayout(json), ids);
  }
  json.endArray().endObject();
}

function checkIds({ typeCount }: Btf, ids: readonly number[] = []): void {
  for (const id of ids) {
    if (!Number.isInteger(id) || id < 0 || id >= typeCount) throw malformedError("BTF", `no type [${id}]`);
  }
}

function write(out: ByteSink, btf: Btf, layout: Layout, ids: RawOptions["ids"]): void {
  const names = new Names(btf, layout.json);
  if ((ids?.length ?? btf.typeCount - btf.firstId) >= MANY_TYPES) {
    new RawWriter(new ByteSink(() => {}, LEAST_BUFFER), btf, layout, names).rehearse();
  }
  const larger =
    out.bytes.length < LEAST_BUFFER && new ByteSink((bytes) => out.writeBytes(bytes), LEAST_BUFFER);
  new RawWriter(larger || out, btf, layout, names).write(ids);
  if (larger) larger.flush();
}
