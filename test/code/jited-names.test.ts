import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { namesByRule } from "../../src/code/jited-names.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { u32s } from "../support/insns.ts";
import { progCode, progRecord } from "../support/records.ts";

const ADDRESS = 0xffffffffc0001000n;
const builder = new BtfBuilder();
const int = builder.int("int", 4);
const [SHORT, LONG] = ["entry_function_name", "x".repeat(120)].map((name) => builder.func(name, int, []));
const BTF = new Btf(builder.build());
const PROG = progRecord({ id: 1, name: "entry_function" });

function code(func: number | undefined, jitedKsyms: readonly bigint[] = [ADDRESS]) {
  return progCode({
    jitedKsyms,
    funcInfo: func === undefined ? new Uint8Array() : u32s(0, func),
  });
}

describe("the symbol of a program with one function", () => {
  test.each([
    ["the function's name from BTF", code(SHORT), BTF, PROG, "bpf_prog_0123456789abcdef_entry_function_name"],
    ["the program's name", code(undefined), BTF, PROG, "bpf_prog_0123456789abcdef_entry_function"],
    ["without BTF", code(SHORT), undefined, PROG, "bpf_prog_0123456789abcdef_entry_function"],
    ["a type that is no function", code(int), BTF, PROG, "bpf_prog_0123456789abcdef_entry_function"],
    ["no name at all", code(undefined), undefined, { ...PROG, name: "" }, "bpf_prog_0123456789abcdef"],
  ])("%s", (_, given, btf, prog, symbol) => {
    expect([...namesByRule(prog, given, btf, true)]).toEqual([[ADDRESS, symbol]]);
  });

  test.each([
    ["several functions", code(SHORT, [ADDRESS, ADDRESS + 64n]), PROG],
    ["a hidden address", code(SHORT, [0n]), PROG],
    ["no address", code(SHORT, []), PROG],
    ["a name that older kernels cut", code(LONG), PROG],
    ["loaded by somebody else than root", code(SHORT), { ...PROG, uid: 1000 }],
  ])("needs a look-up: %s", (_, given, prog) => {
    expect([...namesByRule(prog, given, BTF, true)]).toEqual([]);
  });
});
