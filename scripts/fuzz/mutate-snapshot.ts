/** Changes to a snapshot of one map: to its record, to its contents, to both so that they fit again, to its BTF. */
import type { Input } from "./input.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import type { Random } from "./random.ts";

const MAPS = "maps.json";
const MAX_BLOB = 1 << 16;
const SIZES = [0, 1, 2, 3, 4, 5, 8, 16, 17, 64, 255];
const NUMBERS = [...SIZES, 22, 23, 30, 1000, 0xffff, 0x10000, 0x7fff_ffff, 0xffff_ffff];

type Row = Record<string, unknown>;
type Files = Map<string, Uint8Array>;
type Mutator = (files: Files, random: Random) => void;

function rowOf(files: Files): Row {
  const [row = {}] = JSON.parse(Buffer.from(files.get(MAPS) ?? []).toString("utf8")) as Row[];
  return row;
}

function putRow(files: Files, row: Row): void {
  files.set(MAPS, Buffer.from(JSON.stringify([row])));
}

const MUTATORS: readonly Mutator[] = [
  function record(files, random) {
    const row = rowOf(files);
    const numbers = Object.keys(row).filter((key) => typeof row[key] === "number");
    for (let rounds = random.below(3); rounds >= 0; rounds--)
      row[random.pick(numbers)] = random.pick(NUMBERS);
    if (random.below(4) === 0) row.savedCut = true;
    putRow(files, row);
  },
  function sizes(files, random) {
    const row = rowOf(files);
    const [keySize, valueSize] = [random.pick(SIZES), random.pick(SIZES)];
    const savedValueSize = random.pick([valueSize, valueSize + 4, 2 * valueSize]);
    const savedEntries = random.pick([0, 1, 2, 9]);
    putRow(files, { ...row, keySize, valueSize, savedValueSize, savedEntries, type: random.below(36) });
    files.set(`maps/${row.id}/keys.bin`, random.bytes(savedEntries * keySize));
    files.set(`maps/${row.id}/values.bin`, random.bytes(savedEntries * savedValueSize));
  },
  function hugeValueOfQueue(files, random) {
    const row = rowOf(files);
    const valueSize = random.pick(NUMBERS);
    const savedValueSize = Math.min(random.pick([...SIZES, valueSize]), MAX_BLOB);
    putRow(files, { ...row, keySize: 0, valueSize, savedValueSize, savedEntries: 1, type: random.below(36) });
    files.set(`maps/${row.id}/keys.bin`, new Uint8Array());
    files.set(`maps/${row.id}/values.bin`, random.bytes(savedValueSize));
  },
  function errors(files, random) {
    const row = rowOf(files);
    files.set(
      `maps/${row.id}/errors.bin`,
      random.bytes(Math.min(2 * Number(row.savedEntries ?? 0), MAX_BLOB)),
    );
  },
  function contents(files, random) {
    for (const [name, bytes] of files)
      if (name.endsWith(".bin"))
        files.set(name, mutateBytes(bytes, random, { keepLength: random.below(8) > 0 }));
  },
  function types(files, random) {
    for (const [name, bytes] of files)
      if (name.endsWith(".btf")) files.set(name, mutateBytes(bytes, random, { keepLength: true }));
  },
];

/** Changes to JSON as bytes: what they leave is no JSON, most of the time. */
function mutateText(files: Files, random: Random): void {
  const name = random.pick([...files.keys()].filter((file) => file.endsWith(".json")));
  files.set(name, mutateBytes(files.get(name) ?? new Uint8Array(), random));
}

export function mutateSnapshot({ kind, files }: Input, random: Random): Input {
  const changed = new Map(files);
  for (let rounds = random.below(3); rounds >= 0; rounds--) random.pick(MUTATORS)(changed, random);
  if (random.below(8) === 0) mutateText(changed, random);
  return { kind, files: changed };
}
