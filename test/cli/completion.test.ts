/** What completion offers, by what was typed. The shells themselves: completion-shells.test.ts. */
import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COMMANDS, isAbsent, isObject } from "../../src/cli/commands.ts";
import { parseUsage } from "../../src/cli/completion/grammar.ts";
import { type Candidate, type Found, valuesOf } from "../../src/cli/completion/values.ts";
import { expected } from "../../src/cli/completion/walk.ts";
import { completionLines } from "../../src/cli/completion/words.ts";
import { OPTION_SPECS } from "../../src/cli/options.ts";
import type { CgroupRecord } from "../../src/model/cgroup-records.ts";
import { Registry } from "../../src/model/registry.ts";
import type { ObjectSource } from "../../src/model/source.ts";
import { COMPLETION_MACHINE, HOSTILE_NAMES } from "../support/completion-machine.ts";
import { memorySource } from "../support/memory-source.ts";
import { runCli } from "../support/run-cli.ts";
import { saveMachine } from "../support/saved-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";

const PLACE = saveMachine(tempFolder(), "machine", COMPLETION_MACHINE);

/** The lines without what words are. Typed words are parted by single blanks. */
async function offered(line: string): Promise<string[]> {
  const lines = await completionLines(line.split(" "), PLACE);
  return lines.map((text) => text.split("\t")[0] ?? "");
}

describe("expected", () => {
  test.each([
    ["", "", ""],
    ["{ a | b } C", "", "a b"],
    ["{ a | b } C", "a", "C"],
    ["[a] [b C] [d]", "", "a b d"],
    ["[a] [b C] [d]", "d a", "b"],
    ["[a] [b C] [d]", "d b", "C"],
    ["[a] [b C] [d]", "d b x", "a"],
    ["[a [b C]] [d]", "a", "b d"],
    ["A... [b]", "x y", "A b"],
    ["file FILE | -", "", "file -"],
    ["{ A | B[+C[/D]] | - }...", "x y z", "A B[+C[/D]] -"],
    ["PROG", "", "id tag name pinned"],
    ["PROG [linum]", "i 7", "linum"],
    ["PROG [linum]", "nonsense", ""],
    ["[PROG | dev NAME | cgroup PATH | func NAME]", "", "id tag name pinned dev cgroup func"],
    ["[A] [effective]", "effective", "A"],
    ["[A] [effective]", "eff", "effective A"],
  ])("%s behind '%s': %s", (usage, typed, wanted) => {
    const atoms = expected(parseUsage(usage), typed.split(" ").filter(Boolean));
    const words = atoms.map((atom) => (atom.kind === "keyword" ? atom.word : atom.name));
    expect([...new Set(words)].sort()).toEqual(wanted.split(" ").filter(Boolean).sort());
  });

  test("alternatives that lead to the same do not multiply", () => {
    const words = Array.from({ length: 2000 }, (_, i) => `f${i}`);
    expect(expected(parseUsage("{ A | B | - }..."), words).length).toBeGreaterThan(0);
  });
});

const THERE = COMMANDS.filter((entry) => !isAbsent(entry));

describe("the command table", () => {
  test("all first words", async () => {
    expect(await offered("")).toEqual(THERE.map(({ word }) => word));
  });

  test.each(THERE.filter(isObject))("all words of $word, in full or cut", async ({ word, commands }) => {
    const words = commands.filter((command) => !isAbsent(command)).map((command) => command.word);
    expect(await offered(`${word} `)).toEqual(words);
  });

  test("what bpflens has not is not offered, and does not become something else", async () => {
    expect(await offered("gen ")).toEqual([]);
    expect(await offered("prog p ")).toEqual([]); // pin, not profile
  });

  test.each(THERE.flatMap((entry) => (isObject(entry) ? entry.commands : [entry])))(
    "the usage of $word can be read: $usage",
    (command) => {
      if (isAbsent(command)) return;
      const atoms = expected(parseUsage(command.usage), []);
      expect(atoms.length > 0).toBe(command.usage !== "");
    },
  );
});

describe("words", () => {
  test.each([
    ["prog d", "dump"],
    ["prog dump ", "xlated jited"],
    ["p d x ", "id tag name pinned"],
    ["prog dump xlated id 7 ", "file opcodes linum visual names"],
    ["prog dump xlated id 7 linum o", "opcodes"],
    ["prog dump xlated id 7 linum ", "file opcodes visual names"],
    ["prog dump xlated id 7 file ", ":files "],
    ["prog tracelog ", "stdout stderr"],
    ["prog tracelog stdout id ", "7 8 80 81"],
    ["prog show id ", "7 8 80 81"],
    ["prog show id 8", "8 80 81"],
    ["prog show tag ", "aaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbb cccccccccccccccc"],
    ["prog show name ", "talker twin"],
    ["prog show pinned ", "/sys/fs/bpf/talker"],
    ["map dump id 1", "10 11 12 13 14 15 16"],
    ["link show id ", "5"],
    ["iter cat ", "id pinned"],
    ["iter show pinned ", "/sys/fs/bpf/a_link"],
    ["struct_ops dump id ", "26"],
    ["struct_ops show name ", "congestion"],
    ["btf show id ", "1 9"],
    ["btf dump ", "id prog map file"],
    ["btf dump map id 3 ", "key value kv all format root_id unsorted"],
    ["btf dump file a b ", "format root_id unsorted :files "],
    ["btf dump id 1 format ", "raw c"],
    ["map lookup id 3 key ", "hex"],
    ["net show dev ", "lo eth0"],
    ["net show dev e", "eth0"],
    ["feature probe macros ", "prefix kernel dev full unprivileged"],
    ["feature list_builtins m", "map_types"],
    ["help s", "struct_ops snapshot"],
    ["completion ", "bash zsh fish"],
    ["snapshot save ", ":files "],
    ["snapshot save x.zip ", "force description"],
    ["batch file ", ":files "],
    ["whereis 0x1 ", ""],
    ["version ", ""],
    ["no_such_word ", ""],
  ])("%s: %s", async (line, words) => {
    expect((await offered(line)).join(" ")).toBe(words);
  });

  test("names come as they are", async () => {
    expect(await offered("map show name ")).toEqual(["counts", ...HOSTILE_NAMES, "congestion"]);
    expect(await offered("map show pinned ")).toEqual(["/sys/fs/bpf/my counts"]);
  });

  test.each([
    ["prog show id 7", "7\ttalker"],
    ["prog show id 81", "81\tline\\x0abreak"],
    ["map show id 3", "3\thash counts"],
    ["link show id ", "5\titer"],
    ["comp", "completion\tprint a shell's completion script"],
  ])("%s, with what it is: %j", async (line, answer) => {
    expect(await completionLines(line.split(" "), PLACE)).toEqual([answer]);
  });
});

describe("options", () => {
  const LONG = OPTION_SPECS.map(({ long }) => `--${long}`);

  test.each([
    ["--", LONG],
    ["prog show --", LONG],
    ["--f", ["--from"]],
    ["map dump --co", ["--count"]],
    ["prog graph --o", ["--output"]],
    ["map show --co", []],
    ["map dump --percpu ", ["sum", "max", "each"]],
    ["map dump --percpu=m", ["--percpu=max"]],
    ["snapshot save --map-data ", ["all", "none"]],
    ["prog graph -o ", [":files "]],
    ["--from ", ["live", "demo", "book", "insns:", ":files "]],
    ["-F d", ["demo", ":files "]],
    ["-jF b", ["book", ":files "]],
    ["--from=d", ["--from=demo", ":files --from="]],
    ["--fr=d", ["--fr=demo", ":files --fr="]],
    ["-F insns:x", [":files insns:"]],
    ["--from=insns:x", [":files --from=insns:"]],
    ["-B ", [":files "]],
    ["--json=", []],
    ["-- prog s", ["show"]],
    ["-j prog -p s", ["show"]],
    ["-Z prog ", []],
    ["-h prog ", []],
  ])("%s", async (line, words) => {
    expect(await offered(line)).toEqual(words);
  });

  test("the source of the line comes before that of the environment", async () => {
    expect(await offered("-F demo prog show name hello_")).toEqual(["hello_exec", "hello_timer"]);
    expect(await offered("prog -F demo show name hello_")).toEqual(["hello_exec", "hello_timer"]);
  });
});

describe("cgroups", () => {
  const mount = tempFolder();
  fs.mkdirSync(path.join(mount, "a/deep"), { recursive: true });
  fs.mkdirSync(path.join(mount, "b"));
  fs.writeFileSync(path.join(mount, "cgroup.procs"), "");
  const walk = () =>
    ["", "/a", "/a/deep"].map((name, id) => ({ path: `${mount}${name}`, id: BigInt(id), progs: [] }));
  const cgroups = () => ({ mount: () => mount, walk, read: () => walk()[0] as CgroupRecord });
  const PATH = { kind: "value", name: "PATH", scope: "", after: "", prefix: "" } as const;

  function found(source: ObjectSource, typed: string, after = ""): string[] {
    const finder = valuesOf({ ...PATH, after });
    const values: Found = typeof finder === "function" ? finder(new Registry(source), typed) : finder;
    return [...(values as Iterable<Candidate>)].map(({ word }) => word).sort();
  }

  test.each([
    ["", ["/"]],
    ["/", ["/a/", "/b/"]],
    ["/a", ["/a/", "/b/"]], // what does not fit is left out later
    ["/a/", ["/a/deep/"]],
    ["/nosuch/", []],
  ])("live: '%s'", (typed, words) => {
    const source = { ...memorySource({ kind: "live" }), cgroups };
    const wanted = words.map((word) => `${mount}${word}`);
    expect(found(source, typed === "" ? "" : `${mount}${typed}`)).toEqual(wanted);
  });

  test("of a snapshot", () => {
    const source = { ...memorySource({}), cgroups };
    expect(found(source, "", "cgroup")).toEqual(walk().map((cgroup) => cgroup.path));
  });

  test("a machine without them", () => {
    expect(found(memorySource({ kind: "live" }), "")).toEqual([]);
  });
});

describe("the command", () => {
  test.each(["bash", "zsh", "fish"])("completion %s prints a script", async (shell) => {
    const { stdout, stderr, status } = await runCli(["completion", shell]);
    expect([stderr, status]).toEqual(["", 0]);
    expect(stdout).toContain(`${shell} completion of bpflens`);
    expect(await runCli(["completion", shell.slice(0, 1)])).toEqual({ stdout, stderr, status });
  });

  test("bash is the shell of those who name none", async () => {
    expect((await runCli(["completion"])).stdout).toBe((await runCli(["completion", "bash"])).stdout);
  });

  test("completion words", async () => {
    const env = { BPFLENS_FROM: PLACE };
    const result = await runCli(["completion", "words", "--", "prog", "show", "name", "t"], env);
    expect(result).toEqual({ stdout: "talker\tid 7\ntwin\tid 8\n", stderr: "", status: 0 });
  });

  test.each(["/nosuch", "/dev/null", "insns:/dev/null"])("a source that cannot be read: %s", async (from) => {
    const result = await runCli(["completion", "words", "--", "-F", from, "prog", "show", "id", ""]);
    expect(result).toEqual({ stdout: "", stderr: "", status: 0 });
  });
});

test("whatever is typed, lines come back", async () => {
  const word = fc.oneof(
    fc.constantFrom(
      "prog",
      "map",
      "dump",
      "id",
      "name",
      "--from",
      "-F",
      "demo",
      "--",
      "-j",
      "=",
      "insns:",
      "",
    ),
    fc.string({ maxLength: 5 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (words) => {
      const typed = words.map((text) => text.replaceAll("live", ""));
      for (const line of await completionLines(typed, PLACE)) expect(line).toMatch(/^[^\n]+$/);
    }),
    { numRuns: 200 },
  );
});
