/** What goes wrong: wrong words, objects that are not there, users who may not look. */
import { afterAll, describe, expect, test } from "vitest";
import { differences } from "./compare.ts";
import { inForms, only } from "./listings.ts";
import type { Case } from "./rules.ts";
import type { Stage } from "./stage.ts";
import { bpflensAsNobody, removeCopy } from "./tools.ts";

/** PINS stands for the folder of the stage's pins. */
const MISTAKES = `
prog show id 99999999
prog show id abc
prog show id 1x
prog show id
prog show foo
prog show foo bar
prog show id 1 2
prog show name nosuch
prog show tag 0011223344556677
prog show tag 00
prog show tag zz11223344556677
prog show pinned /nosuch
prog show pinned /etc/passwd
prog show pinned /sys/fs/bpf
prog show pinned PINS
prog show pinned PINS/xdp_guard_maps/cpus
prog show pinned PINS/links/hello
map show id 99999999
map show id x
map show id
map show name nosuch
map show name abcdefghijklmnop
map show tag 1
map show foo
map show pinned /nosuch
map show pinned PINS/xdp_guard/xdp_guard
map show pinned PINS/links/hello
link show id 99999999
link show id x
link show id
link show name x
link show pinned /nosuch
link show pinned PINS/xdp_guard/xdp_guard
btf show id 99999999
btf show id x
btf show id
btf show name x
btf show foo
prog dump
prog dump foo id 1
prog dump xlated foo 1
prog dump xlated id 99999999
prog dump xlated name nosuch
prog dump xlated tag 00
`
  .trim()
  .split("\n");

/** Words that show the help instead. */
const HELP = `
help
nosuch
prog nosuch
prog help
map nosuch
link nosuch
btf nosuch
perf nosuch
prog dump xlated
prog dump xlated id
prog dump xlated name xdp_let_through_and_count nosuch
-Z
-Z prog show
prog show --nosuch
prog -Z show
`
  .trim()
  .split("\n");

const UNALLOWED = `
prog show
prog show -f
prog show id 1
prog show name x
prog show pinned PINS/xdp_guard/xdp_guard
prog dump xlated id 1
map show
map show id 1
map show name x
link show
link show id 1
btf show
btf show id 1
perf show
`
  .trim()
  .split("\n");

export function mistakeTests(stage: () => Stage): void {
  const cases = (about: Case["about"], lines: readonly string[]) =>
    lines.flatMap((line) => inForms(about, line.replace("PINS", stage().pins).split(" ")));

  describe("mistakes", () => {
    test("things that are not there, and words that do not fit", async () => {
      expect(await differences(cases("mistake", MISTAKES))).toEqual([]);
    });

    test("words that show the help", async () => {
      expect(await differences(cases("help", HELP))).toEqual([]);
    });

    test("options of prog dump that do not go together", async () => {
      const { id } = only(stage().progs, "hello");
      const { tag = "" } = only(stage().progs, "twin_left");
      const lines = [
        `prog dump xlated id ${id} file`,
        `prog dump xlated id ${id} file /nosuch/file`,
        `prog dump xlated tag ${tag} file ${stage().folder}/file`,
      ];
      const alone = [`-j prog dump xlated id ${id} visual`, `prog dump xlated tag ${tag} visual`];
      const commands = [
        ...cases("mistake", lines),
        ...alone.map((line): Case => ({ about: "mistake", argv: line.split(" ") })),
      ];
      expect(await differences(commands)).toEqual([]);
    });
  });

  describe("without permission", () => {
    afterAll(removeCopy);

    test("bpftool's words", async () => {
      const commands = cases("mistake", UNALLOWED).map((command): Case => ({ ...command, asNobody: true }));
      expect(await differences(commands)).toEqual([]);
    });

    test("status 255, and a hint that names --from", async () => {
      for (const { argv } of cases("mistake", UNALLOWED)) {
        const { status, stderr } = await bpflensAsNobody(argv);
        expect(status).toBe(255);
        expect(stderr).toMatch(/^Hint: .*--from/m);
      }
    });
  });
}
