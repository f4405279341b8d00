/** What is in the maps: dumps, single entries, keys; and what a line can get wrong. */
import { describe, expect, test } from "vitest";
import { differences } from "./compare.ts";
import { FORMS, inForms, only } from "./listings.ts";
import type { About, Case } from "./rules.ts";
import type { Shown, Stage } from "./stage.ts";
import { bpflens, bpftool, inPool } from "./tools.ts";

/** Programs on system calls count in these all the time, also while they are compared. */
export const RESTLESS: readonly string[] = ["AT_", "AT_h", "recent_comms", "errors", "opens_by_pid"];

/** Has signed bit fields, and floats, at which bpftool ends in the middle of the document (behaviour.md 24.18). */
const MISREAD = "shapes";

/** Entries of each map that are looked up one by one. */
const LOOKED_UP = 3;

/** MAP stands for a hash with a key of 4 bytes, QUEUE for a queue, PINS for the folder of the pins. */
const MISTAKES = `
map dump
map dump id
map dump id 99999999
map dump id x
map dump name nosuch
map dump pinned /nosuch
map dump pinned PINS/xdp_guard/xdp_guard
map lookup id MAP
map lookup id MAP key
map lookup id MAP key 1
map lookup id MAP key 1 2 3
map lookup id MAP key 1 2 3 4 5
map lookup id MAP key 1 2 3 x
map lookup id MAP key hex 1 2 3 xx
map lookup id MAP key 9 9 9 9
map lookup id MAP key 0xff 0377 255 0
map lookup id MAP key hex ff ff ff ff
map lookup id MAP key 1 2 3 4 key 1 2 3 4
map lookup id MAP key 1 2 3 4 value 1
map lookup id MAP value 1
map lookup id MAP nosuch 1
map lookup id 99999999 key 1
map lookup name nosuch key 1
map lookup id QUEUE key 1
map peek id QUEUE
map getnext id QUEUE
map getnext id MAP key 1
map getnext id MAP key 9 9 9 9
map getnext id MAP nosuch
map getnext id 99999999
map getnext id x
map getnext
`
  .trim()
  .split("\n");

/** A bare number in hex: bpftool's plain form is not quite JSON. */
const HEX = /(: |\[|,)(-?0x[0-9a-f]+)/g;

interface Entry {
  readonly key: readonly string[];
}

export function mapContentsTests(stage: () => Stage): void {
  const restful = () => stage().maps.filter(({ name = "" }) => ![...RESTLESS, MISREAD].includes(name));

  describe("map dump", () => {
    test.each(FORMS.map((form) => [form.join(" "), form] as const))(
      "every map with '%s'",
      async (_, form) => {
        const commands = restful().map(
          ({ id }): Case => ({ about: "map dump", argv: [...form, "map", "dump", "id", String(id)] }),
        );
        expect(commands.length).toBeGreaterThan(55);
        expect(await differences(commands)).toEqual([]);
      },
    );

    test("maps that never rest have the same keys", async () => {
      const { id } = only(stage().maps, "errors");
      const [theirs, ours] = await Promise.all([bpftool, bpflens].map((tool) => entriesOf(tool, id)));
      expect(ours?.map(({ key }) => key)).toEqual(theirs?.map(({ key }) => key));
    });

    test("what bpftool cannot read", async () => {
      const { id } = only(stage().maps, MISREAD);
      const [first, second] = JSON.parse(
        (await bpflens(["map", "dump", "id", String(id)])).stdout.replace(HEX, '$1"$2"'),
      );
      expect(first.value).toMatchObject({
        ...{ colour: "GREEN", visible: "0x1", layer: "0x5", offset: "-0x2" },
        ...{
          label: 'disc "A"',
          grid: [
            [1, -2, 3],
            [-4, 5, -6],
          ],
          scale: 1.5,
          angle: 0.25,
        },
      });
      expect(second.value).toMatchObject({ colour: 7, scale: -0.1, angle: 1e300, owner: "(nil)" });
    });

    test("several maps with one name, and words in short", async () => {
      const lines = ["map dump name counters", "m d n counters", `m d p ${pinOf(restful())}`];
      expect(await differences(lines.flatMap((line) => inForms("map dump", line.split(" "))))).toEqual([]);
    });
  });

  describe("single entries", () => {
    test("lookup, and getnext behind each key", async () => {
      const keys = await inPool(restful(), async ({ id }) => {
        const entries = await entriesOf(bpftool, id);
        return entries.slice(0, LOOKED_UP).map(({ key }) => ({ id, key }));
      });
      const commands = keys.flat().flatMap(({ id, key }, i): Case[] => {
        const form = FORMS[i % FORMS.length] ?? [];
        return (["lookup", "getnext"] as const).map((command) => ({
          about: `map ${command}`,
          argv: [...form, "map", command, "id", String(id), "key", ...key],
        }));
      });
      expect(commands.length).toBeGreaterThan(100);
      expect(await differences(commands)).toEqual([]);
    });

    test("the first key of every map", async () => {
      const commands = stage().maps.map(({ id }, i): Case => {
        const form = FORMS[i % FORMS.length] ?? [];
        return { about: "map getnext", argv: [...form, "map", "getnext", "id", String(id)] };
      });
      expect(await differences(commands)).toEqual([]);
    });

    test("peek into queue and stack", async () => {
      const ids = ["line_up", "pile_up"].map((name) => only(stage().maps, name).id);
      const commands = ids.flatMap((id) =>
        (["peek", "lookup"] as const).flatMap((command) =>
          inForms("map lookup", ["map", command, "id", String(id)]),
        ),
      );
      expect(await differences(commands)).toEqual([]);
    });
  });

  test("lines that do not fit", async () => {
    const [map, queue] = ["bare_bytes", "line_up"].map((name) => String(only(stage().maps, name).id));
    const { key } = (await entriesOf(bpftool, Number(map)))[0] as Entry;
    expect(key).toHaveLength(4);
    const lines = MISTAKES.map((line) =>
      line
        .replace("MAP", map ?? "")
        .replace("QUEUE", queue ?? "")
        .replace("PINS", stage().pins),
    );
    const about = (line: string): About => (/^map \w+( id)?$/.test(line) ? "help" : "mistake");
    expect(await differences(lines.flatMap((line) => inForms(about(line), line.split(" "))))).toEqual([]);
  });
}

async function entriesOf(tool: typeof bpftool, id: number): Promise<Entry[]> {
  const { stdout } = await tool(["-j", "map", "dump", "id", String(id)]);
  return JSON.parse(stdout).filter(({ key }: Entry) => Array.isArray(key));
}

function pinOf(maps: readonly Shown[]): string {
  return maps.find(({ pinned }) => pinned)?.pinned?.[0] ?? "";
}
