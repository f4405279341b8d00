/** What the kernel hands out as a stream: what an iterator writes, what a program has printed. */
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Stage } from "./stage.ts";
import { bpflens, bpftool, run } from "./tools.ts";

/** enum bpf_link_type in the words of bpftool. */
const ITER = "iter";

export function streamTests(stage: () => Stage): void {
  describe("streams", () => {
    const iterator = () => stage().links.find(({ type }) => type === ITER)?.id;

    test("iter show: the links that are iterators, as link show has them", async () => {
      const { stdout } = await bpflens(["-j", "iter", "show"]);
      const shown = JSON.parse(stdout).map(({ prog_name: _, ...link }: { prog_name: string }) => link);
      const { stdout: links } = await bpflens(["-j", "link", "show"]);
      expect(shown).toEqual(JSON.parse(links).filter(({ type }: { type: string }) => type === ITER));
      expect(shown.map(({ id }: { id: number }) => id)).toContain(iterator());
    });

    test("iter cat: what reading the pinned iterator gives", async () => {
      const pin = path.join(stage().pins, "an_iterator");
      const link = ["link", "pin", "id", String(iterator()), pin];
      expect(await bpftool(link)).toMatchObject({ status: 0 });
      try {
        const { stdout } = await run(["cat", pin]);
        expect(stdout.split("\n").length).toBeGreaterThan(10);
        for (const words of [
          ["id", String(iterator())],
          ["pinned", pin],
        ])
          expect(await bpflens(["iter", "cat", ...words])).toEqual({ stdout, stderr: "", status: 0 });
        const json = await bpflens(["-j", "iter", "cat", "pinned", pin]);
        expect(JSON.parse(json.stdout).join("")).toBe(stdout);
      } finally {
        await run(["rm", pin]);
      }
    });

    test.each(["stdout", "stderr"])("prog tracelog %s: nothing yet", async (stream) => {
      const { id = 0 } = stage().progs.find(({ name }) => name === "xdp_guard") ?? {};
      const line = ["prog", "tracelog", stream, "id", String(id)];
      expect(await bpflens(line)).toEqual({ stdout: "", stderr: "", status: 0 });
      expect(await bpflens(["-j", ...line])).toEqual({ stdout: "[]\n", stderr: "", status: 0 });
    });
  });
}
