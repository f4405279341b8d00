/** A snapshot of this kernel prints what the kernel itself printed, from a folder, a zip file, and that unpacked. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ByteBuffer } from "../../src/bytes/sink.ts";
import { main } from "../../src/cli/main.ts";
import { lineOf, recorded } from "./compare.ts";
import { inForms, LISTS, only } from "./listings.ts";
import { RESTLESS } from "./map-contents.ts";
import type { Stage } from "./stage.ts";
import { bpflens, inPool, type Output, run, sameOutput } from "./tools.ts";

const ATTEMPTS = 12;

/** Mistakes, that the kernel and a snapshot tell in the same words. PINS stands for the folder of the pins. */
const MISTAKES = `
prog show id 99999999
prog show name nosuch
prog show pinned PINS/links/hello
prog show pinned PINS/nosuch
map show id 99999999
link show id 99999999
btf show id 99999999
prog dump xlated id 99999999
`
  .trim()
  .split("\n");

export function snapshotTests(stage: () => Stage): void {
  describe("snapshots", () => {
    const file = (name: string) => path.join(stage().folder, name);
    const live = new Map<string, Output>();

    test("save, while the kernel rests", async () => {
      const lists = LISTS.map(({ argv }) => argv);
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const before = await oneByOne(lists);
        for (const name of ["folder", "file.zip"]) {
          const { stderr, status } = await bpflens(["snapshot", "save", file(name), "force"]);
          expect(stderr).toBe("");
          expect(status).toBe(0);
        }
        const after = await oneByOne(lists);
        if (!before.every((output, i) => sameOutput(output, after[i] as Output))) continue;
        for (const [i, argv] of lists.entries()) live.set(lineOf(argv), before[i] as Output);
        return;
      }
      expect.fail(`the kernel changed in each of ${ATTEMPTS} attempts`);
    });

    test("the zip file holds the same tree as the folder", async () => {
      const { status, stderr } = await run(["unzip", "-q", file("file.zip"), "-d", file("unpacked")]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const { stdout } = await run(["diff", "-rq", file("folder"), file("unpacked")]);
      // The two were taken one after the other; maps of tracing programs count on.
      const changed = stdout.replaceAll(`${stage().folder}/`, "").split("\n").filter(Boolean);
      for (const line of changed)
        expect(line).toMatch(/^Files folder\/(snapshot.json|maps\/\d+\/\w+.bin) and .* differ$/);
    });

    test.each(["folder", "file.zip", "unpacked"])("lists from %s", async (name) => {
      expect(await notTheSame(file(name), live)).toEqual([]);
    });

    test.each(["folder", "file.zip"])("single objects and mistakes from %s", async (name) => {
      const isSingle = (line: string) => / show (id|tag|name|pinned) /.test(line);
      const singles = new Map([...recorded].filter(([line, { status }]) => status === 0 && isSingle(line)));
      const mistakes = MISTAKES.flatMap((line) =>
        inForms("mistake", line.replace("PINS", stage().pins).split(" ")),
      );
      await inPool(mistakes, async ({ argv }) => singles.set(lineOf(argv), await bpflens(argv)));
      expect(singles.size).toBeGreaterThan(100);
      expect(await notTheSame(file(name), singles)).toEqual([]);
    });

    test.each(["folder", "file.zip"])("dumps and graphs from %s", async (name) => {
      const own = new Set(stage().progs.map(({ id }) => String(id)));
      const dumps = [...recorded].filter(([line]) => own.has(/ dump xlated id (\d+)/.exec(line)?.[1] ?? ""));
      expect(dumps.length).toBeGreaterThan(10 * 35);
      expect(await notTheSame(file(name), new Map(dumps))).toEqual([]);
    });

    test.each(["folder", "file.zip"])("contents of maps and BTF from %s", async (name) => {
      const restless = stage().maps.filter((map) => RESTLESS.includes(map.name ?? ""));
      const moving = new Set(restless.map(({ id }) => String(id)));
      const wanted = [...recorded].filter(([line]) => {
        const [, id] = /\bmap (?:dump|lookup|getnext) id (\d+)/.exec(line) ?? [];
        return id === undefined ? / btf dump (id|prog|map) /.test(` ${line}`) : !moving.has(id);
      });
      expect(wanted.length).toBeGreaterThan(400);
      expect(await notTheSame(file(name), new Map(wanted))).toEqual([]);
    });

    test("instructions into a file", async () => {
      const { id } = only(stage().progs, "xdp_guard");
      const words = (name: string) => ["prog", "dump", "xlated", "id", String(id), "file", file(name)];
      await bpflens(words("live.bin"));
      await bpflens([...words("saved.bin"), "--from", file("file.zip")]);
      expect(fs.readFileSync(file("saved.bin")).equals(fs.readFileSync(file("live.bin")))).toBe(true);
    });
  });
}

/** A command is itself a process with descriptors: side by side, one would list the other. */
async function oneByOne(lines: readonly (readonly string[])[]): Promise<Output[]> {
  const outputs: Output[] = [];
  for (const argv of lines) outputs.push(await bpflens(argv));
  return outputs;
}

/** Command lines whose output from the snapshot is another. */
async function notTheSame(snapshot: string, live: ReadonlyMap<string, Output>): Promise<string[]> {
  const changes: string[] = [];
  for (const [line, output] of live) {
    const argv = line.split(" ");
    const saved = await inProcess(["--from", snapshot, ...argv]);
    if (sameOutput(saved, output)) continue;
    // What was recorded may tell of processes that ran beside it.
    const now = await bpflens(argv);
    if (!sameOutput(saved, now)) changes.push(`${line}\n${describeChange(now, saved)}`);
  }
  return changes;
}

/** bpflens without a process of its own: there are many to run, and what they do is up to the snapshot alone. */
async function inProcess(argv: readonly string[]): Promise<Output> {
  const [out, err] = [new ByteBuffer(), new ByteBuffer()];
  const status = await main(argv, { out, err }, {});
  return { stdout: out.toString(), stderr: err.toString(), status };
}

function describeChange(live: Output, saved: Output): string {
  const [left, right] = [live, saved].map(({ stdout, stderr, status }) =>
    `${stdout}${stderr}status ${status}`.split("\n"),
  );
  const at = left?.findIndex((line, i) => line !== right?.[i]) ?? 0;
  return `  live: ${left?.[at]?.slice(0, 300)}\n  snapshot: ${right?.[at]?.slice(0, 300)}`;
}
