/** Pointers to functions, where something else stands for them. */
import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { decodePlanned } from "../../src/btf/value.ts";
import { writeValue } from "../../src/btf/value-json.ts";
import { planValue } from "../../src/btf/value-plan.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { jsonText } from "../support/rendered.ts";

const builder = new BtfBuilder();
const INT = builder.int("int", 4, { encoding: 1 });
const PROTO = builder.proto(INT, [["x", INT]]);
const FUNCTION = builder.ref("PTR", builder.ref("CONST", builder.ref("TYPEDEF", PROTO, "fn_t")));
const STRUCT = builder.composite("STRUCT", "ops", 32, [
  ["run", FUNCTION, 0],
  ["data", builder.ref("PTR", INT), 64],
  ["stop", builder.ref("PTR", PROTO), 128],
  ["self", builder.ref("PTR", FUNCTION), 192],
]);
const PLAN = planValue(new Btf(builder.build()), STRUCT);
const BYTES = new Uint8Array(BigUint64Array.of(7n, 7n, 0xffff_ffff_ffff_ffffn, 7n).buffer);

function text(options: Omit<Parameters<typeof writeValue>[4], "plain">, plain = false): string {
  return jsonText((json) => writeValue(json, PLAN, BYTES, 0, { plain, ...options }));
}

describe("functionText", () => {
  test("stands for pointers to functions alone", () => {
    const functionText = (proto: number, value: number | bigint) => `${proto}"${value}`;
    const wanted = `{"run":"${PROTO}\\"7","data":7,"stop":"${PROTO}\\"18446744073709551615","self":7}`;
    expect(text({ functionText })).toBe(wanted);
    expect(text({ functionText }, true)).toBe(wanted.replaceAll(":7", ':"0x7"'));
  });

  test("may leave a pointer as it is", () => {
    const functionText = (_: number, value: number | bigint) => (value === 7 ? "seven" : undefined);
    expect(text({ functionText })).toBe('{"run":"seven","data":7,"stop":18446744073709551615,"self":7}');
  });

  test("without it all are pointers, and the plan is plain data", () => {
    expect(text({})).toBe('{"run":7,"data":7,"stop":18446744073709551615,"self":7}');
    expect(() => structuredClone(PLAN)).not.toThrow();
    const run = { kind: "pointer", value: 7n };
    expect(decodePlanned(PLAN, BYTES)).toMatchObject({ fields: [{ name: "run", value: run }, {}, {}, {}] });
  });
});
