/** What a case is run on: one file, or the files of a snapshot. */
import fs from "node:fs";
import path from "node:path";

export type InputKind = "btf" | "elf" | "insns" | "snapshot";

export interface Input {
  readonly kind: InputKind;
  /** By name; the only file of all others is named MAIN. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export const MAIN = "input";

export function oneFile(kind: Exclude<InputKind, "snapshot">, bytes: Uint8Array): Input {
  return { kind, files: new Map([[MAIN, bytes]]) };
}

export function mainFile({ files }: Input): Uint8Array {
  return files.get(MAIN) ?? new Uint8Array();
}

/** Bytes of all files. */
export function sizeOfInput({ files }: Input): number {
  return [...files.values()].reduce((size, { length }) => size + length, 0);
}

/** Writes the files of an input into a folder of its own; returns the path of the only file, or of the folder. */
export function saveInput({ kind, files }: Input, folder: string, name: string): string {
  if (kind !== "snapshot") return saveFile(path.join(folder, `${name}.${kind}`), files.get(MAIN));
  for (const [file, bytes] of files) saveFile(path.join(folder, name, file), bytes);
  return path.join(folder, name);
}

function saveFile(place: string, bytes: Uint8Array = new Uint8Array()): string {
  fs.mkdirSync(path.dirname(place), { recursive: true });
  fs.writeFileSync(place, bytes);
  return place;
}
