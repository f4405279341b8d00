/** Values of all types, out of bytes that are as many as the type tells, or fewer, or more. */
import type { Btf } from "../../../src/btf/btf.ts";
import { type BtfValue, decodePlanned, decodeValue, sizeOf } from "../../../src/btf/value.ts";
import { writeBtfValue, writeValue } from "../../../src/btf/value-json.ts";
import { planValue } from "../../../src/btf/value-plan.ts";
import { JsonWriter } from "../../../src/json/writer.ts";
import { Broken, type Probe } from "../probe.ts";
import { idsOf } from "./btf.ts";

/** Values are no larger here, whatever their type says. */
const MAX_SIZE = 160;
/** Of each case so many types, those of small cases all. */
const MAX_TYPES = 150;
/** Bytes of output behind which no more types of a case are read: there may be many that hold much. */
const MAX_OUTPUT = 1 << 20;

const SIZES: readonly ((size: number) => number)[] = [
  (size) => size,
  (size) => size >> 1,
  (size) => size + 9,
  () => 0,
];

/** Text in the first half, so that names and characters come up. */
function valueBytes(probe: Probe): Uint8Array {
  const bytes = probe.case.random.bytes(MAX_SIZE + 9);
  return bytes.map((byte, i) => (i % 32 < 8 ? byte & 0x7f : i % 32 < 16 ? byte & 3 : byte));
}

export function readValues(probe: Probe, btf: Btf, label: string): void {
  const { random } = probe.case;
  const bytes = valueBytes(probe);
  const ids = idsOf(btf);
  const first = random.below(ids.length);
  let written = 0;
  for (let i = 0; i < Math.min(ids.length, MAX_TYPES) && written < MAX_OUTPUT; i++) {
    const id = ids[(first + i) % ids.length] as number;
    const full = probe.attempt(`${label}sizeOf()`, () => sizeOf(btf, id)) ?? 0;
    const size = random.pick(SIZES)(Math.min(full, MAX_SIZE));
    written += readValue(probe, btf, id, bytes.subarray(0, size), label);
  }
}

/** Gives the bytes that were written. */
function readValue(probe: Probe, btf: Btf, id: number, bytes: Uint8Array, label: string): number {
  const plan = probe.attempt(`${label}planValue()`, () => planValue(btf, id));
  const value = probe.attempt(`${label}decodeValue()`, () => decodeValue(btf, id, bytes));
  if (!plan || !value) return 0;
  const more = bytes.length;
  let written = 0;
  for (const plain of [true, false]) {
    const form = `${label}value, ${plain ? "plain" : "JSON"}`;
    const direct = probe.json(
      `${form}`,
      (sink) => writeValue(new JsonWriter(sink, { pretty: plain }), plan, bytes, 0, { plain }),
      { plain, more },
    );
    const throughTree = probe.json(
      `${form}, tree`,
      (sink) => writeBtfValue(new JsonWriter(sink, { pretty: plain }), value, { plain }),
      { plain, more },
    );
    written += direct?.length ?? MAX_OUTPUT;
    if (direct && throughTree && !direct.equals(throughTree))
      probe.attempt(form, () => {
        throw new Broken(`type [${id}]: the tree is written otherwise\n${cut(direct)}\n${cut(throughTree)}`);
      });
  }
  probe.attempt(
    `${label}decodePlanned(), within`,
    (): BtfValue => decodePlanned(plan, bytes, bytes.length >> 2, bytes.length >> 1),
  );
  return written;
}

function cut(bytes: Buffer): string {
  return bytes.toString("latin1", 0, 500);
}
