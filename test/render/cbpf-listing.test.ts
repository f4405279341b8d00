import { describe, expect, test } from "vitest";
import { parseClassic } from "../../src/cbpf/program.ts";
import { classicJson, classicPlain } from "../../src/render/cbpf/listing.ts";
import { jsonText, plainText } from "../support/rendered.ts";

const { insns } = parseClassic(
  Buffer.from("7\n40 0 0 12\n21 1 0 2048\n22 0 0 0\n5 0 0 1\n85 2 3 1\n6 0 0 4294967295\n65535 0 0 0\n"),
);

test("plain", () => {
  expect(plainText((out) => classicPlain(out, insns))).toBe(
    [
      "(000) ldh      [12]",
      "(001) jeq      #0x800           jt 3\tjf 2",
      "(002) ret      ",
      "(003) ja       5",
      "(004) unimp    0x55             jt 7\tjf 8",
      "(005) ret      #-1",
      "(006) unimp    0xffff",
      "",
    ].join("\n"),
  );
});

describe("JSON", () => {
  test("to the letter", () => {
    expect(jsonText((json) => classicJson(json, insns.slice(0, 2)))).toBe(
      '[{"pc":0,"code":"0x28","jt":0,"jf":0,"k":12,"disasm":"ldh      [12]"},' +
        '{"pc":1,"code":"0x15","jt":1,"jf":0,"k":2048,' +
        '"disasm":"jeq      #0x800           jt 3\\tjf 2","targets":[3,2]}]',
    );
  });

  test("targets where there are some, k without a sign", () => {
    const document = JSON.parse(jsonText((json) => classicJson(json, insns), { pretty: true }));
    expect(document.map(({ targets }: { targets?: number[] }) => targets)).toEqual([
      undefined,
      [3, 2],
      undefined,
      [5],
      [7, 8],
      undefined,
      undefined,
    ]);
    expect(document[5]).toMatchObject({ k: 4294967295, disasm: "ret      #-1" });
    expect(document[6]).toMatchObject({ code: "0xffff", disasm: "unimp    0xffff" });
  });
});

test("numbers of more than three digits", () => {
  const long = Array.from({ length: 1001 }, () => ({ code: 6, jt: 0, jf: 0, k: 0 }));
  const lines = plainText((out) => classicPlain(out, long)).split("\n");
  expect([lines[9], lines[99], lines[999], lines[1000]]).toEqual([
    "(009) ret      #0",
    "(099) ret      #0",
    "(999) ret      #0",
    "(1000) ret      #0",
  ]);
});
