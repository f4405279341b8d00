/** What is written to a sink leaves it whole and in order, however much it holds. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteBuffer, ByteSink, TextBuffer } from "../../src/bytes/sink.ts";

/** A sink of `size` bytes, and what it has handed on. */
function small(size: number): { sink: ByteSink; parts: Buffer[]; all(): string } {
  const parts: Buffer[] = [];
  const sink = new ByteSink((bytes) => void parts.push(Buffer.from(bytes)), size);
  return {
    sink,
    parts,
    all() {
      sink.flush();
      return Buffer.concat(parts).toString("latin1");
    },
  };
}

const alphabet = (length: number) =>
  Array.from({ length }, (_, i) => String.fromCharCode(0x61 + (i % 26))).join("");

describe("ByteSink.write()", () => {
  test.each([0, 1, 7, 8, 9, 15, 16, 17, 1000])("a text of %i characters through 8 bytes", (length) => {
    const { sink, all } = small(8);
    sink.write(alphabet(length));
    expect(all()).toBe(alphabet(length));
  });

  test("each character is one byte", () => {
    const { sink, all } = small(16);
    const bytes = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");
    sink.write(bytes);
    expect(all()).toBe(bytes);
  });

  test("nothing is handed on before the buffer is full", () => {
    const { sink, parts } = small(8);
    sink.write("12345678");
    expect(parts).toEqual([]);
    sink.write("9");
    expect(parts.map(String)).toEqual(["12345678"]);
  });

  test("a text that does not fit fills the buffer first", () => {
    const { sink, parts, all } = small(8);
    sink.write("123456");
    sink.write("abcdefghijkl");
    expect(parts.map(String)).toEqual(["123456ab", "cdefghij"]);
    expect(all()).toBe("123456abcdefghijkl");
  });
});

describe("ByteSink.writeBytes()", () => {
  test.each([0, 1, 7, 8, 9, 100])("%i bytes through 8", (length) => {
    const { sink, all } = small(8);
    sink.write("abc");
    sink.writeBytes(Buffer.from(alphabet(length)));
    sink.write("xyz");
    expect(all()).toBe(`abc${alphabet(length)}xyz`);
  });

  test("a part of them", () => {
    const { sink, all } = small(8);
    const bytes = Buffer.from(alphabet(26));
    sink.writeBytes(bytes, 2, 5);
    sink.writeBytes(bytes, 24);
    sink.writeBytes(bytes, 3, 20);
    sink.writeBytes(bytes, 7, 7);
    expect(all()).toBe(`cdeyz${alphabet(26).slice(3, 20)}`);
  });

  test("bytes that are a view of a larger buffer", () => {
    const { sink, all } = small(8);
    const whole = Uint8Array.from(Buffer.from(alphabet(26)));
    sink.writeBytes(whole.subarray(5, 25), 1, 4);
    sink.writeBytes(whole.subarray(5, 25));
    expect(all()).toBe(`ghi${alphabet(26).slice(5, 25)}`);
  });
});

describe("ByteSink.reserve() and flush()", () => {
  test("there is room after reserve(), and what was there is kept", () => {
    const { sink, all } = small(8);
    sink.write("12345");
    sink.reserve(3);
    expect(sink.at).toBe(5);
    sink.reserve(4);
    expect(sink.at).toBe(0);
    sink.bytes[sink.at++] = 0x41;
    sink.bytes[sink.at++] = 0x42;
    sink.write("6");
    expect(all()).toBe("12345AB6");
  });

  test("all of the buffer can be reserved", () => {
    const { sink, all } = small(8);
    sink.write("x");
    sink.reserve(8);
    sink.bytes.fill(0x79, 0, 8);
    sink.at = 8;
    expect(all()).toBe("xyyyyyyyy");
  });

  test("flush() hands on once, and nothing of nothing", () => {
    const { sink, parts } = small(8);
    sink.flush();
    sink.write("a");
    sink.flush();
    sink.flush();
    expect(parts.map(String)).toEqual(["a"]);
  });

  test("a drain that throws is not handed the same bytes again", () => {
    let calls = 0;
    const sink = new ByteSink(() => {
      calls++;
      throw new Error("full");
    }, 8);
    sink.write("abc");
    expect(() => sink.flush()).toThrow("full");
    sink.flush();
    expect(calls).toBe(1);
  });
});

test("whatever is written in whatever ways comes out in order", () => {
  const step = fc.oneof(
    fc.record({ how: fc.constant("write" as const), bytes: fc.uint8Array({ maxLength: 40 }) }),
    fc.record({ how: fc.constant("bytes" as const), bytes: fc.uint8Array({ maxLength: 40 }) }),
    fc.record({ how: fc.constant("reserve" as const), bytes: fc.uint8Array({ maxLength: 8 }) }),
    fc.record({ how: fc.constant("flush" as const), bytes: fc.constant(new Uint8Array()) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 24 }), fc.array(step, { maxLength: 30 }), (size, steps) => {
      const { sink, parts, all } = small(size);
      for (const { how, bytes } of steps) {
        if (how === "write") sink.write(Buffer.from(bytes).toString("latin1"));
        else if (how === "bytes") sink.writeBytes(bytes);
        else if (how === "flush") sink.flush();
        else {
          sink.reserve(bytes.length);
          sink.bytes.set(bytes, sink.at);
          sink.at += bytes.length;
        }
      }
      const expected = Buffer.concat(steps.map(({ bytes }) => bytes)).toString("latin1");
      expect(all()).toBe(expected);
      expect(parts.every((part) => part.length > 0)).toBe(true);
    }),
  );
});

describe("ByteBuffer and TextBuffer", () => {
  test("keep what they are given", () => {
    const [bytes, text] = [new ByteBuffer(), new TextBuffer()];
    for (const part of ["a", "\xff\x00", "", "z".repeat(200_000)]) {
      bytes.write(part);
      text.write(part);
    }
    expect(bytes.toString()).toBe(text.toString());
    expect(bytes.toBytes().length).toBe(200_003);
    bytes.write("more");
    expect(bytes.toString().endsWith("zmore")).toBe(true);
  });
});
