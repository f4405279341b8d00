/** How the parts of an object that make maps tell what is wrong with it. */
import { tolerate } from "../../../elf/problems.ts";
import { type ElfSection, titleOf } from "../../../elf/sections.ts";

export type Warn = (message: string) => void;

const MAX_QUOTED = 64;

/** What `read` gives; `otherwise`, with a warning, where the file does not let it. */
export function readable<T>(warn: Warn, read: () => T, otherwise: T): T {
  return tolerate(
    ({ message }) => warn(message),
    () => otherwise,
    read,
  );
}

/** A name from the file, which may be of any length. */
export function quoted(name: string): string {
  return name.length > MAX_QUOTED ? `'${name.slice(0, MAX_QUOTED)}...'` : `'${name}'`;
}

/** `section [5] '.maps' at offset 0x20`; the offset is that in the section. */
export function placeIn(section: ElfSection, offset: number): string {
  return `${titleOf(section)} at offset 0x${offset.toString(16)}`;
}
