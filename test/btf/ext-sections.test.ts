/** .BTF.ext as compilers write it, and broken. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { extInfo } from "../../src/btf/ext-sections.ts";
import { inspectErrorOf, valueOrInspectError } from "../support/outcome.ts";
import { EXT_KINDS, type ExtSpec, ext } from "./ext-builder.ts";

const FUNCS: ExtSpec = {
  recordSize: 8,
  sections: [
    [
      7,
      [
        [0, 3],
        [40, 5],
      ],
    ],
    [12, [[0, 9]]],
  ],
};
const LINES: ExtSpec = { recordSize: 16, sections: [[7, [[0, 1, 2, 3]]]] };
const RELOCATIONS: ExtSpec = { recordSize: 16, sections: [[12, [[8, 4, 20, 0]]]] };
const ALL = { func_info: FUNCS, line_info: LINES, core_relo: RELOCATIONS };

describe.each([true, false])("little-endian: %s", (littleEndian) => {
  const bytes = ext(ALL, { littleEndian });

  test("records by section", () => {
    const info = extInfo(bytes, "func_info");
    expect(info?.recordSize).toBe(8);
    expect(info?.sections.map(({ nameOff, records }) => [nameOff, records.length])).toEqual([
      [7, 16],
      [12, 8],
    ]);
    const second = info?.sections[0]?.records.slice(8) as Uint8Array;
    expect(new DataView(second.buffer).getUint32(0, littleEndian)).toBe(40);
  });

  test("each kind for itself", () => {
    expect(extInfo(bytes, "line_info")?.sections).toHaveLength(1);
    expect(extInfo(bytes, "core_relo")?.sections[0]?.nameOff).toBe(12);
  });
});

test("a kind may be missing, as may its place in the header", () => {
  expect(extInfo(ext({ func_info: FUNCS }), "line_info")).toBeUndefined();
  expect(extInfo(ext(ALL, { headerSize: 24 }), "core_relo")).toBeUndefined();
  expect(extInfo(ext(ALL, { headerSize: 24 }), "line_info")?.sections).toHaveLength(1);
});

test("records may be longer than what is known of them", () => {
  const long = { recordSize: 12, sections: [[7, [[0, 3, 99]]]] } satisfies ExtSpec;
  expect(extInfo(ext({ func_info: long }), "func_info")?.recordSize).toBe(12);
});

/** ALL with one byte set, or cut. */
function broken(change: {
  readonly at?: number;
  readonly byte?: number;
  readonly length?: number;
}): Uint8Array {
  const bytes = ext(ALL);
  if (change.at !== undefined) bytes[change.at] = change.byte ?? 0;
  return bytes.slice(0, change.length);
}

test.each([
  ["nothing", broken({ length: 0 }), "2 bytes at offset 0x0 are past the end (0 bytes)"],
  ["no magic number", broken({ at: 1 }), "no magic number 0xeb9f"],
  ["another version", broken({ at: 2, byte: 2 }), "version 2 is not 1"],
  ["a header too short", broken({ at: 4, byte: 20 }), "header of 20 bytes is too short"],
  ["a header past the end", broken({ length: 30 }), "32 bytes at offset 0x0 are past the end (30 bytes)"],
  [
    "a place past the end",
    broken({ at: 9, byte: 4 }),
    "44 bytes at offset 0x420 are past the end (132 bytes)",
  ],
  ["records too small", broken({ at: 32, byte: 4 }), "func_info has records of 4 bytes"],
  ["records of odd size", broken({ at: 32, byte: 9 }), "func_info has records of 9 bytes"],
  ["too many", broken({ at: 40, byte: 200 }), "200 records at offset 0x2c run over the end of func_info"],
])("%s", (_, bytes, what) => {
  expect(inspectErrorOf(() => extInfo(bytes, "func_info")).message).toBe(`Cannot parse .BTF.ext: ${what}`);
});

test("any bytes give records or an InspectError", () => {
  const change = fc.tuple(fc.nat(ext(ALL).length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 4 }), fc.nat(200), (changes, length) => {
      const bytes = ext(ALL).slice(0, length);
      for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
      for (const kind of EXT_KINDS) {
        const info = valueOrInspectError(() => extInfo(bytes, kind));
        if (info === undefined || info instanceof Error) continue;
        const total = info.sections.reduce((sum, { records }) => sum + records.length, 0);
        expect(total).toBeLessThanOrEqual(bytes.length);
      }
    }),
  );
});
