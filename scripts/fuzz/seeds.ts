/** What cases are made of: the BTF, ELF objects and stored maps of the repository, and BTF made by hand. */
import fs from "node:fs";
import path from "node:path";
import { parseElf } from "../../src/elf/elf.ts";
import { sectionBytes, sectionNamed } from "../../src/elf/sections.ts";
import { type Blob, blobOf } from "./blob.ts";
import { type Input, mainFile, oneFile, sizeOfInput } from "./input.ts";
import { largeSeeds, nastySeeds } from "./nasty.ts";
import { filesBelow } from "./repository.ts";

export interface Seed {
  readonly name: string;
  readonly input: Input;
  /** Where the input is BTF that can be taken apart. */
  readonly blob: Blob | undefined;
  /** Of a hand-made one, which is mutated less often. */
  readonly nasty: boolean;
  /** It is not cut at each length, and seldom mutated. */
  readonly large: boolean;
}

const MAX_SMALL = 1 << 14;

const BTF_FOLDERS = ["test/btf/data", "test/render/data"];
const ELF_FOLDERS = ["test/elf/data", "test/sources/data"];
const INSN_FOLDERS = ["test/insn/data", "test/cbpf/data"];
const BASE = "test/btf/data/all_kinds.btf";

/** BTF without flaws, for BTF to be split from. */
export function goodBase(root: string): Uint8Array {
  return fs.readFileSync(path.join(root, BASE));
}

export function allSeeds(root: string): Seed[] {
  const snapshots = filesBelow(path.join(root, "snapshots"), /^[^/]+\/snapshot\.json$/).map(path.dirname);
  const elf = ELF_FOLDERS.flatMap((folder) =>
    filesBelow(path.join(root, folder), /\.(o|exec|dyn)$/).map(read(root)),
  );
  const insns = [
    ...INSN_FOLDERS.flatMap((folder) => filesBelow(path.join(root, folder), /\.(bin|txt)$/)),
    ...snapshots.flatMap((folder) => filesBelow(path.join(folder, "progs"), /xlated\.bin$/)),
  ].map(read(root));
  const btf = [
    ...BTF_FOLDERS.flatMap((folder) => filesBelow(path.join(root, folder), /\.btf$/)),
    ...snapshots.flatMap((folder) => filesBelow(path.join(folder, "btf"), /\.btf$/)),
  ].map(read(root));
  return [
    ...[...btf, ...elf.flatMap(btfSection)].map(({ name, bytes }) => seed(name, oneFile("btf", bytes))),
    ...elf.map(({ name, bytes }) => seed(name, oneFile("elf", bytes))),
    ...insns.map(({ name, bytes }) => seed(name, oneFile("insns", bytes))),
    ...snapshots.flatMap((folder) => mapSeeds(root, folder)),
    ...[...nastySeeds(), ...largeSeeds()].map(({ name, bytes }) => seed(name, oneFile("btf", bytes), true)),
  ];
}

interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function seed(name: string, input: Input, nasty = false): Seed {
  const blob = input.kind === "btf" ? blobOf(mainFile(input)) : undefined;
  return { name, input, blob, nasty, large: sizeOfInput(input) > MAX_SMALL };
}

function read(root: string): (place: string) => NamedBytes {
  return (place) => ({ name: path.relative(root, place), bytes: fs.readFileSync(place) });
}

function btfSection({ name, bytes }: NamedBytes): NamedBytes[] {
  const file = parseElf(bytes);
  const section = sectionNamed(file, ".BTF");
  const contents = section && sectionBytes(file, section);
  return contents ? [{ name: `${name} .BTF`, bytes: contents }] : [];
}

/** A map's row of maps.json, as far as it is needed here. */
interface MapRow {
  readonly id: number;
  readonly type: number;
  readonly btfId: number;
  readonly savedEntries?: number;
}

/** Snapshots of one map each, with its BTF: of each type of map and BTF the first that has entries. */
function mapSeeds(root: string, folder: string): Seed[] {
  const rows = (file: string) => JSON.parse(fs.readFileSync(path.join(folder, file), "utf8")) as MapRow[];
  const btfs = rows("btfs.json");
  const kinds = new Map(
    rows("maps.json")
      .filter(({ savedEntries = 0 }) => savedEntries > 0)
      .reverse()
      .map((map) => [`${map.type} ${map.btfId > 0}`, map]),
  );
  return [...kinds.values()].map((map) => {
    const own = btfs.filter(({ id }) => id === map.btfId);
    const blobs = [`maps/${map.id}/keys.bin`, `maps/${map.id}/values.bin`, `btf/${map.btfId}.btf`];
    const files = new Map<string, Uint8Array>([
      ["snapshot.json", fs.readFileSync(path.join(folder, "snapshot.json"))],
      ["maps.json", Buffer.from(JSON.stringify([map]))],
      ["btfs.json", Buffer.from(JSON.stringify(own))],
      ...blobs
        .filter((name) => fs.existsSync(path.join(folder, name)))
        .map((name) => [name, fs.readFileSync(path.join(folder, name))] as const),
    ]);
    return seed(`${path.relative(root, folder)} map ${map.id}`, { kind: "snapshot", files });
  });
}
