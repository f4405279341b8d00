/** The bundled snapshot, read from its files and by nothing of bpflens: what the demo's lines are held against. */
import fs from "node:fs";
import path from "node:path";

const FOLDER = path.resolve(import.meta.dirname, "../../snapshots/demo");

interface Saved {
  readonly id: number;
  readonly type: number;
  readonly name: string;
  readonly fullName?: string;
  readonly tag: string;
  readonly memlock?: string;
  readonly btfId: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly savedEntries?: number;
  readonly jitedLen: number;
  /** Of programs: nanoseconds since boot. */
  readonly loadTime?: string;
}

interface Pin {
  readonly kind: string;
  readonly id: number;
  readonly path: string;
}

function records<T>(file: string): readonly T[] {
  return JSON.parse(fs.readFileSync(path.join(FOLDER, file), "utf8"));
}

export const PROGS = records<Saved>("progs.json");
export const MAPS = records<Saved>("maps.json");
export const LINKS = records<{ readonly id: number; readonly progId: number }>("links.json");
export const BTFS = records<{ readonly id: number; readonly name: string }>("btfs.json");
export const PERF = records<{
  readonly pid: number;
  readonly fd: number;
  readonly progId: number;
  readonly fdType: number;
  readonly name: string;
}>("perf.json");
const { host } = JSON.parse(fs.readFileSync(path.join(FOLDER, "snapshot.json"), "utf8"));
const PINS = records<Pin>("pins.json");

/** The first of a name; the demo has it as long as the line that asks for it is there. */
export function named(objects: readonly Saved[], name: string): Saved {
  const found = objects.find((object) => nameOf(object) === name);
  if (!found) throw new Error(`the demo has no '${name}'`);
  return found;
}

export function nameOf({ name, fullName }: Pick<Saved, "name" | "fullName">): string {
  return fullName ?? name;
}

/** Sorted: the order of pins is that of a hash table. */
export function pinsOf(kind: string, id: number): string[] {
  return PINS.filter((pin) => pin.kind === kind && pin.id === id)
    .map((pin) => pin.path)
    .sort();
}

/** Seconds since the epoch. */
export function loadedAt({ loadTime = "0" }: Saved): number {
  return Number((BigInt(host.bootTime) + BigInt(loadTime)) / 1_000_000_000n);
}

/** A file with BTF, as `btf dump file` takes it. */
export function btfFile(id: number): string {
  return path.join(FOLDER, `btf/${id}.btf`);
}

/** Keys and values of a map without per-CPU values. */
export function entriesOf(map: Saved): readonly { readonly key: Buffer; readonly value: Buffer }[] {
  const [keys, values] = ["keys", "values"].map((file) =>
    fs.readFileSync(path.join(FOLDER, `maps/${map.id}/${file}.bin`)),
  ) as [Buffer, Buffer];
  return Array.from({ length: map.savedEntries ?? 0 }, (_, i) => ({
    key: keys.subarray(i * map.keySize, (i + 1) * map.keySize),
    value: values.subarray(i * map.valueSize, (i + 1) * map.valueSize),
  }));
}

/** `0a 00` */
export function hex(bytes: Buffer): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** Instructions by their place: a load of 64 bits takes two places. */
export function placesOf({ id }: Saved): number[] {
  const xlated = fs.readFileSync(path.join(FOLDER, `progs/${id}/xlated.bin`));
  const places: number[] = [];
  for (let pc = 0; pc < xlated.length / 8; pc += xlated[pc * 8] === 0x18 ? 2 : 1) places.push(pc);
  return places;
}
