/** What there is: show and list of every object, by every selector, in every form. */
import { describe, expect, test } from "vitest";
import { difference, differences, lineOf, recorded } from "./compare.ts";
import type { About, Case } from "./rules.ts";
import type { Shown, Stage } from "./stage.ts";
import { bpflens, bpftool } from "./tools.ts";

/** Plain, JSON, indented JSON. */
export const FORMS: readonly (readonly string[])[] = [[], ["-j"], ["-p"]];

/** Everything at once, with and without pinned paths. */
export const LISTS: readonly Case[] = (["prog", "map", "link", "btf", "perf"] as const).flatMap((object) =>
  FORMS.flatMap((form) => [
    { about: `${object} show` as const, argv: [...form, object, "show"] },
    { about: `${object} show` as const, argv: [...form, "-f", object, "show"] },
  ]),
);

/** Shortened words, missing words, and options at odd places. */
const SPELLINGS: readonly (readonly [About, string])[] = [
  ["prog show", "p"],
  ["prog show", "p s"],
  ["prog show", "prog list"],
  ["prog show", "pro l -f"],
  ["prog show", "-jp p s"],
  ["prog show", "p -j s -f"],
  ["prog show", "--pretty prog --bpffs show"],
  ["prog show", "-nj prog -m show"],
  ["map show", "m"],
  ["map show", "m s"],
  ["map show", "map -jf show"],
  ["map show", "-p m l --bp"],
  ["map show", "--json m -- s"],
  ["link show", "l"],
  ["link show", "l l -pf"],
  ["link show", "--js link sho"],
  ["btf show", "bt"],
  ["btf show", "btf l --json"],
  ["perf show", "pe"],
  ["perf show", "perf -p li"],
  ["perf show", "perf show whatever follows"],
];

export function listingTests(stage: () => Stage): void {
  describe("lists of everything", () => {
    // One by one: bpftool loads programs of its own while it makes a list.
    test.each(LISTS.map((command) => [lineOf(command.argv), command] as const))("%s", async (_, command) => {
      expect(await difference(command)).toBeUndefined();
    });

    test.each(SPELLINGS)("%s as '%s'", async (about, line) => {
      expect(await difference({ about, argv: line.split(" ") })).toBeUndefined();
    });
  });

  describe("one object", () => {
    test("programs by id, tag, name and pinned path", async () => {
      expect(await differences(selections("prog", stage().progs, ["tag", "name", "pinned"]))).toEqual([]);
    });

    test("maps by id, name and pinned path", async () => {
      expect(await differences(selections("map", stage().maps, ["name", "pinned"]))).toEqual([]);
    });

    test("links by id and pinned path", async () => {
      expect(await differences(selections("link", stage().links, ["pinned"]))).toEqual([]);
    });

    test("BTF objects by id", async () => {
      const objects = [1, ...stage().btfIds].map((id) => ({ id, type: "" }));
      expect(await differences(selections("btf", objects, []))).toEqual([]);
    });

    test("selectors and options in short, numbers in other bases", async () => {
      const { id } = only(stage().progs, "hello");
      const lines = [
        `p s i ${id}`,
        `-jf p s i 0x${id.toString(16)}`,
        `prog show id 0${id.toString(8)} -p`,
        `prog -f show n hello_timer --json`,
        `prog show id ${id + 2 ** 32}`,
      ];
      expect(await differences(lines.map((line) => ({ about: "prog show", argv: line.split(" ") })))).toEqual(
        [],
      );
    });
  });

  describe("several matches", () => {
    test("programs with one tag", async () => {
      const { tag = "" } = only(stage().progs, "twin_left");
      expect(only(stage().progs, "twin_right").tag).toBe(tag);
      expect(await differences(inForms("prog show", ["prog", "show", "tag", tag]))).toEqual([]);
      const [found] = JSON.parse((await bpftool(["-j", "prog", "show", "tag", tag])).stdout);
      expect(found.tag).toBe(tag);
    });

    test("maps with one name", async () => {
      expect(stage().maps.filter(({ name }) => name === "counters")).toHaveLength(2);
      expect(await differences(inForms("map show", ["map", "show", "name", "counters"]))).toEqual([]);
    });
  });

  describe("what bpftool 7.1.0 does not tell", () => {
    test("a program is found by the 15 characters that the kernel keeps, too", async () => {
      const full = await bpflens(["prog", "show", "name", "xdp_drop_all_of_them_now"]);
      const cut = await bpflens(["prog", "show", "name", "xdp_drop_all_of"]);
      expect(full.stdout).toContain("name xdp_drop_all_of_them_now  ");
      expect(cut).toEqual(full);
    });

    test("a program that the stage holds open has its pid", () => {
      const progs = JSON.parse(recorded.get("-j prog show")?.stdout ?? "[]");
      const iterator = progs.find(({ id }: Shown) => id === only(stage().progs, "iter_maps").id);
      expect(iterator.pids).toContainEqual({ pid: expect.any(Number), comm: "stage" });
    });

    test("details of links are those of the stage", () => {
      const known = new Set(stage().links.map(({ id }) => id));
      const links = JSON.parse(recorded.get("-j link show")?.stdout ?? "[]").filter(({ id }: Shown) =>
        known.has(id),
      );
      const details = links.map(
        ({ id, prog_id, pids, map_id, ...detail }: Record<string, unknown>) => detail,
      );
      const self = `${stage().folder}/stage`;
      for (const detail of [
        { type: "raw_tracepoint", tp_name: "sys_enter", cookie: 0 },
        { type: "raw_tracepoint", tp_name: "sys_exit", cookie: 4660 },
        { type: "perf_event", tracepoint: "sys_enter_openat", cookie: 0 },
        { type: "perf_event", retprobe: false, file: self, cookie: 4660, ref_ctr_offset: 0 },
        { type: "perf_event", retprobe: true, file: self, cookie: 4660, ref_ctr_offset: 0 },
        { type: "perf_event", event_config: 0, cookie: 0 },
        { type: "uprobe_multi", retprobe: false, path: self, func_cnt: 2 },
        { type: "tcx", attach_type: "tcx_ingress" },
        { type: "netfilter", pf: 2, hook: 1, prio: -100, flags: 0 },
        { type: "sockmap", attach_type: "sk_msg_verdict" },
      ]) {
        expect(details).toContainEqual(expect.objectContaining(detail));
      }
    });
  });
}

/** Every object by every selector, with the forms and pins in turn. */
function selections(
  kind: "prog" | "map" | "link" | "btf",
  objects: readonly Shown[],
  others: ("tag" | "name" | "pinned")[],
) {
  return objects.flatMap((object, index) =>
    (["id", ...others] as const).flatMap((selector, turn): Case[] => {
      const value = selector === "pinned" ? object.pinned?.[0] : object[selector];
      const form = FORMS[(index + turn) % FORMS.length] ?? [];
      const pins = index % 2 === 0 ? ["-f"] : [];
      if (value === undefined) return [];
      return [{ about: `${kind} show`, argv: [...form, ...pins, kind, "show", selector, String(value)] }];
    }),
  );
}

export function inForms(about: About, words: readonly string[]): Case[] {
  return FORMS.map((form) => ({ about, argv: [...form, ...words] }));
}

export function only(objects: readonly Shown[], name: string): Shown {
  const found = objects.filter((object) => object.name === name);
  expect(found, name).toHaveLength(1);
  return found[0] as Shown;
}
