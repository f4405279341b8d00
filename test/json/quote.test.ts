import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromByteText } from "../../src/bytes/text.ts";
import { jsonQuote, quotedKey } from "../../src/json/quote.ts";

describe("jsonQuote()", () => {
  const ROWS: readonly (readonly [what: string, text: string, expected: string])[] = [
    ["nothing", "", '""'],
    ["plain text", "map[id:3] \x7f", '"map[id:3] \x7f"'],
    ["bpftool's escapes", '\t\n\r\f\b\\"', '"\\t\\n\\r\\f\\b\\\\\\""'],
    ["no escape for /", "/sys/fs", '"/sys/fs"'],
    ["other control characters", "\x00\x01\x0b\x1f", '"\\u0000\\u0001\\u000b\\u001f"'],
    [
      "UTF-8 of 2, 3 and 4 bytes",
      "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
      '"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"',
    ],
    ["a stray byte", "a\xffb", '"a\\u00ffb"'],
    ["a stray continuation", "\x80", '"\\u0080"'],
    ["a cut sequence", "\xe2\x82", '"\\u00e2\\u0082"'],
    ["an overlong sequence", "\xc0\xaf", '"\\u00c0\\u00af"'],
    ["an overlong sequence of 3", "\xe0\x80\xaf", '"\\u00e0\\u0080\\u00af"'],
    ["a surrogate", "\xed\xa0\x80", '"\\u00ed\\u00a0\\u0080"'],
    ["past U+10FFFF", "\xf4\x90\x80\x80", '"\\u00f4\\u0090\\u0080\\u0080"'],
    ["a whole sequence after a cut one", "\xe2\x82\xc3\xa9", '"\\u00e2\\u0082\xc3\xa9"'],
  ];
  test.each(ROWS)("jsonQuote() of %s", (_, text, expected) => expect(jsonQuote(text)).toBe(expected));

  test("jsonQuote() gives JSON in well-formed UTF-8 for any bytes, and keeps the ASCII among them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        const json = Buffer.from(jsonQuote(Buffer.from(bytes).toString("latin1")), "latin1");
        const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json);
        const parsed: string = JSON.parse(text);
        expect([...parsed].filter((char) => char < "\x80")).toEqual(
          [...bytes].filter((byte) => byte < 0x80).map((byte) => String.fromCharCode(byte)),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test("jsonQuote() lets all UTF-8 through", () => {
    const unicode = fc.string({ unit: "binary" }).filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(unicode, (text) => {
        const json = jsonQuote(Buffer.from(text, "utf8").toString("latin1"));
        expect(JSON.parse(fromByteText(json))).toBe(text);
      }),
    );
  });
});

test("quotedKey() has a key with its colon, for both layouts and kinds of sinks", () => {
  const { compact, pretty } = quotedKey("\xff");
  expect([compact.text, pretty.text]).toEqual(['"\\u00ff":', '"\\u00ff": ']);
  for (const { text, bytes } of [compact, pretty]) expect(Buffer.from(bytes).toString("latin1")).toBe(text);
});
