import { expect, it } from "vitest";
import { type CallSite, callSites } from "../../src/cfg/calls.ts";
import { InsnArray } from "../../src/insn/insn.ts";
import { EXIT, insn, insns, MOV_R0_0 } from "../support/insns.ts";

const rows: [what: string, slots: Uint8Array[], sites: CallSite[]][] = [
  ["nothing", [MOV_R0_0, EXIT], []],
  ["a helper", [MOV_R0_0, insn(0x85, { imm: 12 })], [{ pc: 1, kind: "helper" }]],
  ["a kernel function", [insn(0x85, { src: 2, imm: 7 })], [{ pc: 0, kind: "kfunc" }]],
  [
    "a function of a loaded program",
    [insn(0x85, { src: 1, off: 4, imm: 9 })],
    [{ pc: 0, kind: "subprog", start: 5 }],
  ],
  [
    "a function of an object",
    [MOV_R0_0, insn(0x85, { src: 1, imm: -2 })],
    [{ pc: 1, kind: "subprog", start: 0 }],
  ],
  ["a callback", [insn(0x18, { src: 4, imm: 3 }), insn(0)], [{ pc: 0, kind: "callback", start: 4 }]],
  [
    "calls through registers and of other kinds",
    [insn(0x8d), insn(0x85, { src: 9 })],
    [
      { pc: 0, kind: "other" },
      { pc: 1, kind: "other" },
    ],
  ],
];

it.each(rows)("callSites() finds %s", (_what, slots, sites) => {
  const array = new InsnArray(insns(...slots));
  expect(callSites(array, 0, array.length)).toEqual(sites);
});

it("callSites() looks at the given slots only", () => {
  const call = insn(0x85, { imm: 1 });
  expect(callSites(new InsnArray(insns(call, call, call)), 1, 2)).toEqual([{ pc: 1, kind: "helper" }]);
});
