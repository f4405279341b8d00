/** `whereis`: the programs of the stage, by the addresses of /proc/kallsyms and the lines of bpftool. */
import fs from "node:fs";
import { describe, expect, test } from "vitest";
import type { Shown, Stage } from "./stage.ts";
import { bpflens, bpftool, inPool } from "./tools.ts";

interface Placed {
  readonly query: string;
  readonly address: string;
  readonly symbol: string;
  readonly offset: number;
  readonly prog?: { readonly id: number; readonly tag: string; readonly name?: string };
  readonly func_size?: number;
  readonly first_pc?: number;
  readonly insns?: readonly { readonly pc: number }[];
  readonly src?: string;
  readonly file?: string;
  readonly line_num?: number;
  readonly line_col?: number;
}

/** Bytes between the places that are asked for. */
const STEP = 3;

export function whereisTests(stage: () => Stage): void {
  describe("whereis", () => {
    test("every program is found at the address of its symbol", async () => {
      const { progs } = stage();
      const tags = new Set(progs.map(({ tag }) => tag));
      const symbols = kernelSymbols().filter(({ name }) =>
        tags.has(/^bpf_prog_([0-9a-f]{16})_/.exec(name)?.[1]),
      );
      const found = await whereis(symbols.map(({ address }) => address));
      expect(found.map(({ symbol }) => symbol)).toEqual(symbols.map(({ name }) => name));
      for (const { id, tag, name } of progs) {
        const own = found.filter(({ prog }) => prog?.id === id);
        expect(own, `program ${id}`).toMatchObject([{ offset: 0, prog: { tag, name } }]);
      }
    });

    test("the instructions have the lines that bpftool prints above them", async () => {
      const { progs } = stage();
      const listings = await inPool(progs, ({ id }) =>
        bpftool(["prog", "dump", "xlated", "id", String(id), "linum"]),
      );
      const lines = new Map(progs.map(({ id }, i) => [id, linesByPc(listings[i]?.stdout ?? "")]));
      const starts = await whereis(progs.map(symbolOf));
      const queries = starts.flatMap(({ prog, symbol, func_size = 0 }) =>
        (lines.get(prog?.id ?? 0)?.size ?? 0) > 0 ? placesIn(symbol, func_size) : [],
      );
      const rows = (await whereis([...new Set(queries)])).flatMap((place) => {
        const wanted = lines.get(place.prog?.id ?? 0);
        return wanted ? (place.insns ?? []).map(({ pc }) => ({ place, pc, line: wanted.get(pc) })) : [];
      });
      expect(rows.filter(({ place, line }) => lineText(place) !== line)).toEqual([]);
      expect(rows.length).toBeGreaterThan(500);
    });

    test("functions of the kernel, by address and by name", async () => {
      const text = kernelSymbols().filter(
        ({ type, name }) => /[tT]/.test(type) && !name.startsWith("bpf_prog_"),
      );
      const some = text.filter((_, i) => i % Math.ceil(text.length / 50) === 0);
      const byAddress = await whereis(some.map(({ address }) => address));
      const wanted = some.map(({ address }) => text.find((symbol) => symbol.address === address)?.name);
      expect(byAddress.map(({ symbol }) => symbol)).toEqual(wanted);
      expect(byAddress.every(({ offset }) => offset === 0)).toBe(true);
      const byName = await whereis(some.map(({ name }) => `${name}+0x2`));
      for (const { address, name } of some) {
        const there = byName
          .filter(({ symbol }) => symbol === name)
          .map((found) => BigInt(found.address) - 2n);
        expect(there, name).toContain(BigInt(`0x${address}`));
      }
    });
  });
}

function kernelSymbols() {
  const lines = fs.readFileSync("/proc/kallsyms", "latin1").trimEnd().split("\n");
  return lines.map((line) => {
    const [address = "", type = "", name = ""] = line.split(/[ \t]/);
    return { address, type, name };
  });
}

async function whereis(queries: readonly string[]): Promise<Placed[]> {
  const { stdout } = await bpflens(["-j", "whereis", ...queries]);
  return JSON.parse(stdout);
}

/** Of the program itself: bpftool does not tell the symbols of its other functions. */
function symbolOf({ tag, name }: Shown): string {
  return `bpf_prog_${tag}_${name}`;
}

function placesIn(symbol: string, size: number): string[] {
  return Array.from({ length: Math.ceil(size / STEP) }, (_, i) => `${symbol}+${i * STEP}`);
}

/** The line above each instruction, or above one before it. */
function linesByPc(listing: string): Map<number, string> {
  const lines = new Map<number, string>();
  let line: string | undefined;
  for (const row of listing.split("\n")) {
    const source = /^; (.*) \[file:(.*) line_num:(\d+) line_col:(\d+)\]$/.exec(row);
    const insn = /^ *(\d+): /.exec(row);
    if (source) line = source.slice(1).join("|");
    else if (insn && line !== undefined) lines.set(Number(insn[1]), line);
  }
  return lines;
}

function lineText({ src = "", file = "", line_num = 0, line_col = 0 }: Placed): string {
  return [src, file, line_num, line_col].join("|");
}
