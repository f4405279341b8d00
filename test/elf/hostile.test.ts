/** Broken files give a value or an InspectError, and an end. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeRelocations,
  decodeSymbols,
  type ElfFile,
  offsetInSection,
  parseElf,
  relocationSections,
  sectionBytes,
  symbolBytes,
} from "../../src/elf/index.ts";
import { InspectError } from "../../src/errors.ts";
import { dataFile } from "../support/data.ts";
import { inspectErrorOf, valueOrInspectError } from "../support/outcome.ts";
import { buildElf, LE64, symbolTable } from "./elf-builder.ts";

const FILES = [
  "program.bpfel.o",
  "program.bpfeb.o",
  "host.i386.o",
  "host.ppc32.o",
  "host.exec",
  "host.dyn",
].map((name) => ({ name, bytes: dataFile(import.meta.url, `data/${name}`) }));

/** Reads all that a file has; returns the error of the file as a whole, if it has one. */
function exercise(bytes: Uint8Array): InspectError | undefined {
  const elf = valueOrInspectError(() => parseElf(bytes));
  if (elf instanceof InspectError) return elf;
  for (const section of elf.sections) {
    valueOrInspectError(() => sectionBytes(elf, section));
    const symbols = valueOrInspectError(() => decodeSymbols(elf, section));
    if (!(symbols instanceof InspectError))
      for (const symbol of symbols) valueOrInspectError(() => symbolBytes(elf, symbol));
    for (const table of relocationSections(elf, section)) {
      const relocations = valueOrInspectError(() => decodeRelocations(elf, table));
      if (relocations instanceof InspectError) continue;
      for (const { offset } of relocations)
        valueOrInspectError(() => offsetInSection(elf, section, offset, 8));
    }
  }
  return undefined;
}

describe.each(FILES)("$name", ({ bytes }) => {
  test("whole", () => expect(exercise(bytes)).toBeUndefined());

  test("cut at every length", () => {
    for (let length = 0; length < bytes.length; length++)
      expect(exercise(bytes.subarray(0, length)), `${length} bytes`).toBeInstanceOf(InspectError);
  });

  const flip = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
  /** Where the section headers are, and the tables before them: what most depends on. */
  const lateFlip = fc.tuple(fc.integer({ min: bytes.length >> 1, max: bytes.length - 1 }), fc.nat(255));
  const headerFlip = fc.tuple(fc.nat(63), fc.nat(255));

  test("with flipped bytes", () => {
    let readable = 0;
    const flips = fc.array(fc.oneof(flip, lateFlip, headerFlip), { minLength: 1, maxLength: 4 });
    const property = fc.property(flips, (changes) => {
      const copy = Uint8Array.from(bytes);
      for (const [at, byte] of changes) copy[at] = byte;
      if (exercise(copy) === undefined) readable++;
    });
    fc.assert(property, { seed: bytes.length, numRuns: 1000 });
    expect(readable).toBeGreaterThan(100); // or the flips reach no further than the header
  });
});

test("any bytes behind the magic number", () => {
  const property = fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(3), (rest, kind) => {
    const ident = [0x7f, 0x45, 0x4c, 0x46, 1 + (kind & 1), 1 + (kind >> 1), 1];
    exercise(Uint8Array.from([...ident, ...rest]));
  });
  fc.assert(property, { seed: 7, numRuns: 2000 });
});

describe("names that share their bytes", () => {
  /** `count` symbols, each named by one byte less of a string of `length` bytes. */
  function manyNames(count: number, length: number): ElfFile {
    const symbols = Array.from({ length: count }, (_, i) => ({ nameOffset: i }));
    const table = { ...symbolTable(LE64, symbols), link: 2 };
    return parseElf(buildElf(LE64, [table, { type: 3, bytes: new Uint8Array(length).fill(0x61) }]));
  }

  test("are read while they are in proportion to the file", () => {
    expect(decodeSymbols(manyNames(90, 100)).length).toBe(91);
  });

  test("are refused when they are not", () => {
    const elf = manyNames(20_000, 1_000_000);
    expect(inspectErrorOf(() => decodeSymbols(elf)).message).toMatch(
      /^Cannot parse ELF: string offset 0x\w+ of section \[2\]: too many names share bytes$/,
    );
  });

  test("of sections, too", () => {
    const sections = Array.from({ length: 5000 }, (_, i) => ({ nameOffset: i }));
    const bytes = buildElf(LE64, [...sections, { type: 3, bytes: new Uint8Array(1_000_000).fill(0x61) }], {
      namesIndex: 5001,
    });
    expect(inspectErrorOf(() => parseElf(bytes)).message).toContain("too many names share bytes");
  });
});
