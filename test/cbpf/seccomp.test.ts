import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { classicWarnings } from "../../src/cbpf/check.ts";
import { parseClassic } from "../../src/cbpf/program.ts";
import { classicPlain } from "../../src/render/cbpf/listing.ts";
import { dataFile, dataText } from "../support/data.ts";
import { plainText } from "../support/rendered.ts";

const FOLDER = new URL("data/seccomp/", import.meta.url);
const NAMES = readdirSync(FOLDER).flatMap((file) => (file.endsWith(".bpf") ? [file.slice(0, -4)] : []));

test("there are filters", () => expect(NAMES.length).toBeGreaterThanOrEqual(6));

describe.each(NAMES)("%s", (name) => {
  const littleEndian = !name.endsWith(".be");
  const bytes = dataFile(FOLDER.href, `${name}.bpf`);

  test("is listed as libpcap does", () => {
    const { form, insns, warnings } = parseClassic(bytes, { littleEndian });
    expect(form).toBe("array");
    expect([...warnings, ...classicWarnings(insns)]).toEqual([]);
    expect(plainText((out) => classicPlain(out, insns))).toBe(dataText(FOLDER.href, `${name}.txt`));
  });

  test("the other byte order is noticed", () => {
    const { warnings } = parseClassic(bytes, { littleEndian: !littleEndian });
    const right = littleEndian ? "little" : "big";
    expect(warnings).toEqual([`no opcode is known, but all are when read as ${right}-endian`]);
  });
});
