/** Structs by name. */
import { expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { structNamed } from "../../src/btf/struct-named.ts";
import { BtfBuilder } from "../support/btf-builder.ts";

const builder = new BtfBuilder();
const INT = builder.int("info", 4);
builder.composite("UNION", "map_info", 4, []);
builder.ref("TYPEDEF", INT, "map_info");
const LONGER = builder.composite("STRUCT", "bpf_map_info", 4, []);
const FIRST = builder.composite("STRUCT", "map_info", 4, []);
builder.composite("STRUCT", "map_info", 8, []);
/** Its name is the end of another's. */
const SHARED = builder.raw("STRUCT", { sizeOrType: 4 });
const BYTES = builder.build();
const nameAt = Buffer.from(BYTES).indexOf("fo\0");
const stringsAt = Buffer.from(BYTES).indexOf("\0info\0");
const typesAt = 24;
const patched = Buffer.from(BYTES);
patched.writeUInt32LE(nameAt - stringsAt, typesAt + typeOffset(SHARED));
const BTF = new Btf(patched);

/** Bytes from the start of the types: only the INT is longer than three words. */
function typeOffset(id: number): number {
  return (id - 1) * 12 + (id > INT ? 4 : 0);
}

test.each([
  ["map_info", FIRST],
  ["bpf_map_info", LONGER],
  ["fo", SHARED],
  ["info", undefined],
  ["map_inf", undefined],
  ["", undefined],
  ["map_info2", undefined],
])("%j", (name, id) => expect(structNamed(BTF, name)).toBe(id));

test("own types before those of the base", () => {
  const split = new BtfBuilder(BTF);
  const own = split.composite("STRUCT", "bpf_map_info", 4, []);
  const btf = new Btf(split.build(), BTF);
  expect(structNamed(btf, "bpf_map_info")).toBe(own);
  expect(structNamed(btf, "map_info")).toBe(FIRST);
});

test("a name behind the end of the strings", () => {
  const broken = Buffer.from(BYTES);
  broken.writeUInt32LE(0xffff_fff0, typesAt + typeOffset(FIRST));
  expect(structNamed(new Btf(broken), "nothing")).toBeUndefined();
});
