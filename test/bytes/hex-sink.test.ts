/** Hexadecimal text written straight into a sink is that of hex.ts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hexByte0x, hexDump } from "../../src/bytes/hex.ts";
import { writeHexDump, writeJsonBytes } from "../../src/bytes/hex-sink.ts";
import { ByteBuffer, ByteSink } from "../../src/bytes/sink.ts";

/** What `write` writes into a sink of `size` bytes, of which `used` are taken. */
function written(write: (out: ByteSink) => void, size: number, used = 0): string {
  let text = "";
  const sink = new ByteSink((bytes) => {
    text += Buffer.from(bytes).toString("latin1");
  }, size);
  sink.write(".".repeat(used));
  write(sink);
  sink.flush();
  return text.slice(used);
}

const counted = (length: number) => Uint8Array.from({ length }, (_, i) => i);
const jsonBytes = (bytes: Uint8Array) => Array.from(bytes, (byte) => `"${hexByte0x(byte)}"`).join(",");

describe("writeHexDump()", () => {
  test.each([0, 1, 2, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 32, 33, 255, 256, 5000])("%i bytes", (length) => {
    const out = new ByteBuffer();
    writeHexDump(out, counted(length), 0, length);
    expect(out.toString()).toBe(hexDump(counted(length)));
  });

  test("bpftool's layout", () => {
    const out = new ByteBuffer();
    writeHexDump(out, counted(33), 0, 33);
    expect(out.toString()).toBe(
      "00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f\n10 11 12 13 14 15 16 17  18 19 1a 1b 1c 1d 1e 1f\n20",
    );
  });
});

describe("writeJsonBytes()", () => {
  test.each([0, 1, 2, 100, 20_000])("%i bytes", (length) => {
    const out = new ByteBuffer();
    writeJsonBytes(out, counted(length), 0, length);
    expect(out.toString()).toBe(jsonBytes(counted(length)));
    expect(JSON.parse(`[${out}]`).length).toBe(length);
  });
});

/** Some bytes, a part of them, and a sink to write into: its size and how much of it is taken. */
const CASE = fc
  .record({
    bytes: fc.uint8Array({ maxLength: 200 }),
    ends: fc.tuple(fc.nat(200), fc.nat(200)),
    size: fc.integer({ min: 64, max: 300 }),
    used: fc.nat(300),
  })
  .map(({ bytes, ends, size, used }) => {
    const [from = 0, to = 0] = ends.map((end) => Math.min(end, bytes.length)).sort((a, b) => a - b);
    return { bytes, from, to, size, used };
  });

test("any part of any bytes, through a buffer of any size", () => {
  fc.assert(
    fc.property(CASE, ({ bytes, from, to, size, used }) => {
      const part = bytes.subarray(from, to);
      expect(written((out) => writeHexDump(out, bytes, from, to), size, used)).toBe(hexDump(part));
      expect(written((out) => writeJsonBytes(out, bytes, from, to), size, used)).toBe(jsonBytes(part));
    }),
  );
});
