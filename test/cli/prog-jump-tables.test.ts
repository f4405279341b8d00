/** Indirect jumps of programs in snapshots and object files, as the commands show them. */
import { describe, expect, test } from "vitest";
import { MAP_TYPE } from "../../src/uapi/map-types.ts";
import { EXIT, insn, insns, MOV_R0_0, u32s } from "../support/insns.ts";
import type { Machine } from "../support/memory-source.ts";
import { mapRecord, progCode, progRecord } from "../support/records.ts";
import { cliFrom, saveMachine } from "../support/saved-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";

const folder = tempFolder();
const object = new URL("../sources/data/jump-tables/switches.bpfel.o", import.meta.url).pathname;

/** gotox r1; r0 = 0; exit; exit: to the first exit. As kernels do, the program does not name its map. */
const SWITCH: Machine = {
  progs: [progRecord({ id: 3, name: "chooser", mapIds: [7], xlatedLen: 32 })],
  code: new Map([[3, progCode({ xlated: insns(insn(0x0d, { dst: 1 }), MOV_R0_0, EXIT, EXIT) })]]),
  maps: [mapRecord({ id: 7, type: MAP_TYPE.insn_array, valueSize: 16, maxEntries: 2, frozen: true })],
  entries: new Map([
    [7, [2, 0xffff_ffff].map((target, i) => ({ key: u32s(i), value: u32s(9, target, 0, 0) }))],
  ]),
};
const whole = saveMachine(folder, "whole", SWITCH);
/** They hold no data: they are saved even so. */
const withoutData = saveMachine(folder, "none", SWITCH, { maxEntries: 0 });
const cut = saveMachine(folder, "cut", { ...SWITCH, ends: new Map([[7, { cut: true }]]) });
const gone = saveMachine(folder, "gone", { ...SWITCH, maps: [] });

interface Graph {
  readonly functions: readonly {
    readonly blocks: readonly { readonly reach: string; readonly targets_unknown?: boolean }[];
    readonly edges: readonly { readonly from: number; readonly to: number; readonly kind: string }[];
  }[];
}

async function graph(place: string, line: string) {
  const { stdout } = await cliFrom(place, `-j prog graph ${line}`);
  return (JSON.parse(stdout) as Graph).functions.map(({ blocks, edges }) => ({
    reach: blocks.map(({ reach }) => reach).join(" "),
    unknown: blocks.filter((block) => block.targets_unknown).length,
    indirect: edges.filter(({ kind }) => kind === "indirect").map(({ from, to }) => `${from}>${to}`),
  }));
}

describe("a program in a snapshot", () => {
  test.each([
    ["whole", whole],
    ["without data", withoutData],
  ])("has the edges of its jump table: %s", async (_, place) => {
    expect(await graph(place, "id 3")).toEqual([
      { reach: "reached unreachable reached unreachable", unknown: 0, indirect: ["2>4"] },
    ]);
    const { stdout } = await cliFrom(place, "prog dump xlated id 3 visual");
    expect(stdout).toContain('"fn_0_bb_2" -> "fn_0_bb_4"');
  });

  test.each([
    ["gone", gone],
    ["cut", cut],
  ])("has none where the table was %s", async (_what, place) => {
    expect(await graph(place, "id 3")).toEqual([
      { reach: "reached unknown unknown", unknown: 1, indirect: [] },
    ]);
  });

  test("has its targets behind the instruction when asked", async () => {
    const row = "   0: (0d) gotox r1";
    expect((await cliFrom(whole, "prog dump xlated id 3")).stdout).toContain(`${row}\n`);
    expect((await cliFrom(whole, "prog dump xlated id 3 names")).stdout).toContain(`${row} -> pc+1\n`);
    expect((await cliFrom(cut, "prog dump xlated id 3 names")).stdout).toContain(`${row}\n`);
  });
});

describe("a program in an object file", () => {
  test("has the edges of each table", async () => {
    expect(await graph(object, "name labels")).toEqual([
      {
        reach: Array(10).fill("reached").join(" "),
        unknown: 0,
        indirect: ["3>5", "3>9", "4>5", "4>7", "4>8"],
      },
    ]);
    expect((await graph(object, "name switches")).map(({ indirect }) => indirect.length)).toEqual([5, 5]);
  });

  test("has its tables among the maps", async () => {
    const { stdout } = await cliFrom(object, "map show id 5");
    expect(stdout).toBe(
      "5: insn_array  name .jumptables  flags 0x80\n\tkey 4B  value 16B  max_entries 2\n\tfrozen\n",
    );
  });
});
