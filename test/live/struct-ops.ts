/** struct_ops: a TCP congestion control, registered and shown by both tools. */
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Stage } from "./stage.ts";
import { bpflens, bpftool, type Output } from "./tools.ts";

const NAME = "steady_cc";

const LINES: readonly (readonly string[])[] = [
  ["show"],
  ["show", "name", NAME],
  ["dump", "name", NAME],
  ["show", "name", "nobody"],
  ["show", "id", "4294967295"],
  ["dump", "id", "4294967295"],
  ["show", "id", "x"],
];
const FORMS = [[], ["-j"], ["-p"]] as const;

export function structOpsTests(stage: () => Stage): void {
  describe("struct_ops", () => {
    beforeAll(async () => {
      const { status, stderr } = await bpftool(["struct_ops", "register", object(stage())]);
      expect(status, stderr).toBe(0);
    });

    afterAll(async () => {
      await bpftool(["struct_ops", "unregister", "name", NAME]);
    });

    test.each(LINES.flatMap((line) => FORMS.map((form) => [...form, "struct_ops", ...line].join(" "))))(
      "%s",
      async (line) => {
        const argv = line.split(" ");
        const theirs = await bpftool(argv);
        expect(await bpflens(argv)).toEqual({ ...theirs, stdout: quotedPointers(theirs) });
      },
    );

    test("a snapshot shows the same", async () => {
      const file = path.join(stage().folder, "struct-ops.zip");
      const saved = await bpflens(["snapshot", "save", file]);
      expect(saved.status, saved.stderr).toBe(0);
      const argv = ["struct_ops", "dump", "name", NAME];
      const live = await bpflens(argv);
      expect(live.stdout).toContain("grow_by_one_for_each_ack/prog_id:");
      expect(await bpflens(["--from", file, ...argv])).toEqual(live);
    });

    test("the object that it was loaded from names the same operations", async () => {
      const shown = async (...from: string[]) => {
        const { stdout } = await bpflens([...from, "-j", "struct_ops", "show", "name", NAME]);
        return JSON.parse(stdout).map(({ name, kernel_struct_ops }: Record<string, unknown>) => [
          name,
          kernel_struct_ops,
        ]);
      };
      expect(await shown("--from", object(stage()))).toEqual(await shown());
    });
  });
}

function object({ folder }: Stage): string {
  return path.join(folder, "congestion.o");
}

/** bpftool 7.1.0 prints pointers in plain text without the quotes of 7.8.0. */
function quotedPointers({ stdout }: Output): string {
  return stdout.replace(/: (\(nil\)|0x[0-9a-f]+)(?=,?\n)/g, ': "$1"');
}
