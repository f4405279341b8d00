/** Raw instructions: bytes and text. */
import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hexText } from "../../src/bytes/hex.ts";
import { insnBytes } from "../../src/sources/object/insn-text.ts";
import { insnsSource } from "../../src/sources/object/insns.ts";
import { openSource } from "../../src/sources/open.ts";
import { EXIT, insn, insns, MOV_R0_0 } from "../support/insns.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { runCli } from "../support/run-cli.ts";
import { tempFolder } from "../support/temp-folder.ts";

const RETURN = insns(MOV_R0_0, EXIT);
const HEX = "b7000000000000009500000000000000";

const text = (value: string) => Buffer.from(value, "latin1");

describe("text", () => {
  test.each([
    ["digits", HEX],
    ["in capitals", HEX.toUpperCase()],
    ["a line for each instruction", "b7 00 00 00 00 00 00 00\n95 00 00 00 00 00 00 00\n"],
    ["words", "b7000000 00000000\r\n95000000 00000000"],
    ["a C array", `{ ${HEX.replace(/../g, "0x$&, ")}}`],
    ["single digits", "0xb7, 0, 0, 0, 0x0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0"],
    ["escapes", `"${HEX.replace(/../g, "\\x$&")}"`],
    ["escapes between blanks", HEX.replace(/../g, "\\x$& ")],
    ["0x in front of all", `0x${HEX}`],
    ["a JSON array", JSON.stringify((HEX.match(/../g) ?? []).map((byte) => `0x${byte}`))],
    ["base64", "twAAAAAAAACVAAAAAAAAAA=="],
    ["base64 without its end", "twAAAAAAAACVAAAAAAAAAA"],
    ["base64 in lines", "twAAAAAAAA\nCVAAAAAAAAAA==\n"],
  ])("%s", (_, content) => expect(hexText(insnBytes(text(content)))).toBe(HEX));

  test.each([
    ["prose", "hello, world!", "text at offset 0 is neither hexadecimal nor base64: 'hello, world!'"],
    ["half a byte", "b70 00", "text at offset 0 is neither hexadecimal nor base64: 'b70 00'"],
    ["an escape of nothing", "b7 \\", "text at offset 0 is neither hexadecimal nor base64: 'b7 \\'"],
    ["an x alone", "b7 x00", "text at offset 0 is neither hexadecimal nor base64: 'b7 x00'"],
    ["a prefix behind digits", "b700x00;", "text at offset 0 is neither hexadecimal nor base64: 'b700x00;'"],
    ["something in the middle", "b7 00 0g 00", "text at offset 7 is neither hexadecimal nor base64: 'g 00'"],
  ])("%s is refused", (_, content, what) => {
    expect(inspectErrorOf(() => insnBytes(text(content))).message).toBe(`Cannot parse instructions: ${what}`);
  });

  test("blanks alone are bytes", () => expect(insnBytes(text(" \n"))).toEqual(text(" \n")));

  test("bytes in any of the forms come back", () => {
    const forms = [
      (bytes: Buffer) => bytes.toString("hex"),
      (bytes: Buffer) => Array.from(bytes, (byte) => `0x${byte.toString(16)}`).join(", "),
      (bytes: Buffer) => Array.from(bytes, (byte) => `\\x${hexText(Uint8Array.of(byte))}`).join(""),
    ];
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.constantFrom(...forms),
        (bytes, form) => {
          expect(hexText(insnBytes(text(form(Buffer.from(bytes)))))).toBe(hexText(bytes));
        },
      ),
    );
  });

  test("any text is bytes or refused", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (value) => {
        try {
          expect(insnBytes(text(value)).length).toBeLessThanOrEqual(value.length);
        } catch (error) {
          expect(String(error)).toMatch(/neither hexadecimal nor base64/);
        }
      }),
    );
  });
});

describe("the source", () => {
  test("one program of no type", () => {
    const source = insnsSource(RETURN, "insns:x", true);
    expect([...source.progs()]).toMatchObject([
      { id: 1, type: 0, name: "", xlatedLen: 16, jitedLen: 0, mapIds: [], btfId: 0, loadTime: 0n },
    ]);
    expect(source.code(source.prog(1)).xlated).toEqual(RETURN);
    expect([[...source.maps()], [...source.btfs()], source.warnings()]).toEqual([[], [], []]);
    expect(source.host().littleEndian).toBe(true);
    expect(insnsSource(RETURN, "insns-be:x", false).host().littleEndian).toBe(false);
  });

  // Of data/programs/bare.o: the kernel gives this tag to `r0 = 0; exit`.
  test("the tag does not depend on maps", () => {
    const tagOf = (bytes: Uint8Array, littleEndian = true) =>
      hexText(insnsSource(bytes, "", littleEndian).prog(1).tag);
    const load = (src: number, imm: number, next: number) =>
      insns(insn(0x18, { dst: 1, src, imm }), insn(0, { imm: next }), EXIT);
    expect(tagOf(RETURN)).toBe("59f4a931744dcdc6");
    for (const src of [1, 2]) expect(tagOf(load(src, 7, 8))).toBe(tagOf(load(src, 0, 0)));
    const kept = insnsSource(Buffer.from(load(1, 7, 8)), "", true);
    expect(hexText(kept.code(kept.prog(1)).xlated)).toBe(hexText(load(1, 7, 8)));
    expect(tagOf(load(0, 7, 8))).not.toBe(tagOf(load(0, 0, 0)));
    expect(tagOf(load(1, 7, 8))).not.toBe(tagOf(load(2, 7, 8)));
    expect(tagOf(insns(...[0, 1].map(() => load(1, 3, 4))))).toBe(
      tagOf(insns(...[0, 1].map(() => load(1, 5, 6)))),
    );
  });

  test("bytes at the end that are no instruction are kept", () => {
    const source = insnsSource(insns(RETURN, Uint8Array.of(1, 2, 3)), "insns:x", true);
    expect(source.prog(1).xlatedLen).toBe(19);
    expect(source.prog(1).tag).toEqual(insnsSource(RETURN, "", true).prog(1).tag);
  });
});

describe("openSource()", () => {
  const folder = tempFolder();
  const write = (name: string, content: Uint8Array | string) => {
    const place = path.join(folder, name);
    fs.writeFileSync(place, content);
    return place;
  };

  test.each([
    ["insns:", "little.bin", RETURN, true],
    ["insns:", "little.txt", HEX, true],
    ["insns-be:", "big.bin", RETURN, false],
  ])("%s%s", async (prefix, name, content, littleEndian) => {
    const source = await openSource(`${prefix}${write(name, content)}`);
    expect(source.kind).toBe("object");
    expect(source.host().littleEndian).toBe(littleEndian);
    expect(hexText(source.code(source.prog(1)).xlated)).toBe(HEX);
  });

  test("a listing", async () => {
    const place = write("listing.txt", HEX);
    const { stdout, stderr } = await runCli([
      "--from",
      `insns:${place}`,
      "prog",
      "dump",
      "xlated",
      "id",
      "1",
    ]);
    expect({ stdout, stderr }).toEqual({ stdout: "   0: (b7) r0 = 0\n   1: (95) exit\n", stderr: "" });
  });

  const refusal = (spec: string) =>
    openSource(spec).then(
      () => "opened",
      (error: Error) => error.message,
    );

  test("what cannot be opened", async () => {
    const of = (name: string, content: Uint8Array | string) => {
      const place = write(name, content);
      return [place, refusal(place)] as const;
    };
    const [btf, btfError] = of("types.btf", Uint8Array.of(0x9f, 0xeb, 1, 0));
    expect(await btfError).toBe(
      `Cannot open source '${btf}': it is raw BTF, types without programs or maps: 'btf dump file' shows them`,
    );
    const [words, wordsError] = of("words.txt", "hello");
    expect(await wordsError).toBe(
      `Cannot open source '${words}': it is neither a snapshot (a folder or a zip file) nor an ELF object; instructions are 'insns:FILE'`,
    );
    const [cut, cutError] = of("cut.o", "\x7fELF\x02\x01\x01");
    expect(await cutError).toBe(
      `Cannot open source '${cut}': Cannot parse ELF: 2 bytes at offset 0x10 are past the end (7 bytes)`,
    );
    const [empty] = of("empty", "");
    expect(await refusal(`insns:${empty}`)).toBe(`Cannot open source 'insns:${empty}': it is empty`);
    expect(await refusal("insns:/no/such")).toBe(
      "Cannot open source 'insns:/no/such': No such file or directory",
    );
    expect(await refusal("/no/such")).toBe("Cannot open source '/no/such': No such file or directory");
    expect(await refusal(`insns:${folder}`)).toBe(`Cannot open source 'insns:${folder}': Is a directory`);
    expect(await refusal(write("words.hex", "no digits")).then((text) => text.includes("neither"))).toBe(
      true,
    );
  });
});
