import { describe, expect, test } from "vitest";
import { Draft } from "../../../src/btf/c/draft.ts";
import { lineStart, TOKEN } from "../../../src/btf/c/tokens.ts";
import { ByteBuffer, TextBuffer } from "../../../src/bytes/sink.ts";

const NAMES = Uint8Array.from(Buffer.from("\0first\0second\0", "latin1"));
const [FIRST, SECOND] = [1, 7];

function drafted(write: (draft: Draft) => void, names = NAMES): string {
  const out = new ByteBuffer();
  const draft = new Draft(out, names);
  write(draft);
  draft.flush();
  return out.toString();
}

function definition(draft: Draft, write: () => void): void {
  draft.begin(1);
  write();
  draft.end();
}

describe("pieces", () => {
  const pieces: readonly (readonly [what: string, write: (d: Draft) => unknown, text: string])[] = [
    ["names", (d) => [d.name(FIRST), d.name(SECOND), d.name(0)], "firstsecond"],
    ["tokens", (d) => [d.token(TOKEN.typedef), d.token(lineStart(2))], "typedef \n\t\t"],
    ["a line deep inside", (d) => d.token(lineStart(99)), `\n${"\t".repeat(13)}`],
    ["text", (d) => [d.name(FIRST), d.text(" = "), d.name(SECOND)], "first = second"],
    ...[0, 7, 10, 99, 1000, -1, -128, 2147483647, -2147483648, 4294967295].map(
      (value) => [`${value}`, (d: Draft) => d.number(value), `${value}`] as const,
    ),
  ];

  test.each(pieces)("%s", (_, write, text) => {
    expect(drafted((draft) => definition(draft, () => void write(draft)))).toBe(text);
  });
});

test("a prefix is written again", () => {
  const text = drafted((draft) =>
    definition(draft, () => {
      draft.name(SECOND);
      const start = draft.length;
      draft.token(TOKEN.struct);
      draft.token(TOKEN.blank);
      draft.name(FIRST);
      const prefix = draft.keepPrefix(start);
      draft.token(TOKEN.endOfMember);
      draft.prefix(prefix);
    }),
  );
  expect(text).toBe("secondstruct first;struct first");
});

test("prefixes that there is no room for are not kept", () => {
  drafted((draft) =>
    definition(draft, () => {
      const start = draft.length;
      for (let i = 0; i < 1000; i++) draft.name(FIRST);
      expect(draft.keepPrefix(start)).toBe(0);
    }),
  );
});

test("a long definition, and many", () => {
  const count = 100_000;
  const text = drafted((draft) => {
    definition(draft, () => {
      for (let i = 0; i < count; i++) draft.number(i);
    });
    for (let i = 0; i < count; i++) definition(draft, () => draft.name(SECOND));
  });
  const numbers = Array.from({ length: count }, (_, i) => i).join("");
  expect(text).toBe(numbers + "second".repeat(count));
});

test("a definition that is not whole is not handed on", () => {
  const text = drafted((draft) => {
    definition(draft, () => draft.name(FIRST));
    draft.begin(2);
    draft.name(SECOND);
  });
  expect(text).toBe("first");
});

test("a sink that takes text gets the same", () => {
  const out = new TextBuffer();
  const draft = new Draft(out, Uint8Array.from([0, 0xff, 0]));
  definition(draft, () => draft.name(1));
  draft.flush();
  expect(out.toString()).toBe("\xff");
});

test.each([
  [4096, undefined],
  [4097, "the name at offset 1 of the strings has 4097 bytes"],
])("a name of %i bytes", (length, message) => {
  const names = Uint8Array.from([0, ...new Uint8Array(length).fill(0x61), 0]);
  const write = () => drafted((draft) => definition(draft, () => draft.name(1)), names);
  if (message === undefined) expect(write()).toHaveLength(length);
  else expect(write).toThrow(message);
});

test("a definition has an end", () => {
  const endless = () =>
    drafted((draft) =>
      definition(draft, () => {
        for (;;) draft.token(TOKEN.packed);
      }),
    );
  expect(endless).toThrow("type [1] takes more than 16777216 bytes of C");
});
