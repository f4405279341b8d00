/** Object files beside what the kernel has made of them: the maps of each, and what read-only ones hold. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Stage } from "./stage.ts";
import { bpflens, bpftool, inPool, type Run } from "./tools.ts";

/** As `map show` prints it in JSON. */
type Shown = Readonly<Record<string, unknown>>;

/** A map in the kernel, and the object that it was loaded from. */
interface Loaded {
  readonly file: string;
  readonly pin: string;
}

/** Not in the file: ids, memory, what a program in the kernel made of it. */
const OF_THE_KERNEL = ["id", "btf_id", "bytes_memlock", "owner_prog_type", "owner_jited", "pinned", "pids"];

/** Of maps of data: libbpf 1.1 always asks for it, later ones where a variable is for user space. */
const MMAPABLE = 0x400;

export function objectMapsTests(stage: () => Stage): void {
  describe("maps of object files", () => {
    test("are listed as the loaded ones", async () => {
      const maps = loadedMaps(stage());
      expect(maps.length).toBeGreaterThan(20);
      const pairs = await inPool(maps, async ({ file, pin }) => {
        const theirs = plain(await shown(bpftool, ["map", "show", "pinned", pin]));
        const all: Shown[] = await shown(bpflens, ["--from", file, "map", "show"]);
        return { theirs, ours: all.filter(({ name }) => name === theirs.name).map(plain) };
      });
      expect(pairs.map(({ ours }) => ours)).toEqual(pairs.map(({ theirs }) => [theirs]));
    });

    test("that are read-only hold the same", async () => {
      const entries = await inPool(loadedMaps(stage()), async ({ file, pin }) => {
        const { name, frozen } = await shown(bpftool, ["map", "show", "pinned", pin]);
        if (frozen === 0) return [];
        const theirs = await shown(bpftool, ["map", "dump", "pinned", pin]);
        return [{ theirs, ours: await shown(bpflens, ["--from", file, "map", "dump", "name", name]) }];
      });
      const compared = entries.flat();
      expect(compared.length).toBeGreaterThan(2);
      expect(compared.map(({ ours }) => ours)).toEqual(compared.map(({ theirs }) => theirs));
    });
  });
}

/** The stage pins the maps of `x.o` in `x_maps`. */
function loadedMaps({ pins, folder }: Stage): Loaded[] {
  return fs.readdirSync(pins).flatMap((name) => {
    const file = path.join(folder, name.replace(/_maps$/, ".o"));
    if (!name.endsWith("_maps") || !fs.existsSync(file)) return [];
    return fs.readdirSync(path.join(pins, name)).map((pin) => ({ file, pin: path.join(pins, name, pin) }));
  });
}

async function shown(tool: Run, argv: readonly string[]) {
  const { stdout, stderr, status } = await tool(["-j", ...argv]);
  if (status !== 0) throw new Error(`${argv.join(" ")}: ${stderr}`);
  return JSON.parse(stdout);
}

function plain(map: Shown): Shown {
  const kept = Object.entries(map).filter(([field]) => !OF_THE_KERNEL.includes(field));
  const flags = String(map.name).includes(".") ? Number(map.flags) & ~MMAPABLE : map.flags;
  return { ...Object.fromEntries(kept), flags, typed: "btf_id" in map };
}
