import { describe, expect, test } from "vitest";
import { OPTION_SPECS, OWN_OPTIONS, parseLine } from "../../src/cli/options.ts";

const NOTHING = { json: false, pretty: false, bpffs: false, own: {} };
const JSON_ONLY = { ...NOTHING, json: true };
const PRETTY = { ...NOTHING, json: true, pretty: true };

describe("parseLine()", () => {
  type Row = readonly [line: string, parsed: ReturnType<typeof parseLine>];
  const ROWS: readonly Row[] = [
    ["", { options: NOTHING, words: [] }],
    ["prog show", { options: NOTHING, words: ["prog", "show"] }],
    ["-j prog show", { options: JSON_ONLY, words: ["prog", "show"] }],
    ["prog -j show", { options: JSON_ONLY, words: ["prog", "show"] }],
    ["prog show -j", { options: JSON_ONLY, words: ["prog", "show"] }],
    ["-p prog", { options: PRETTY, words: ["prog"] }],
    ["-p -j prog", { options: PRETTY, words: ["prog"] }],
    ["-jp net", { options: PRETTY, words: ["net"] }],
    ["-pj -jjpp net", { options: PRETTY, words: ["net"] }],
    ["map -jf show", { options: { ...JSON_ONLY, bpffs: true }, words: ["map", "show"] }],
    ["--json --pretty", { options: PRETTY, words: [] }],
    ["--js x", { options: JSON_ONLY, words: ["x"] }],
    ["--p x", { options: PRETTY, words: ["x"] }],
    ["--bpffs x", { options: { ...NOTHING, bpffs: true }, words: ["x"] }],
    ["-F demo prog", { options: { ...NOTHING, from: "demo" }, words: ["prog"] }],
    ["-Fdemo prog", { options: { ...NOTHING, from: "demo" }, words: ["prog"] }],
    ["-jF demo prog", { options: { ...JSON_ONLY, from: "demo" }, words: ["prog"] }],
    ["-jFdemo prog", { options: { ...JSON_ONLY, from: "demo" }, words: ["prog"] }],
    ["-Fj prog", { options: { ...NOTHING, from: "j" }, words: ["prog"] }],
    ["--from demo prog", { options: { ...NOTHING, from: "demo" }, words: ["prog"] }],
    ["--from=a=b prog", { options: { ...NOTHING, from: "a=b" }, words: ["prog"] }],
    ["--fr=demo prog", { options: { ...NOTHING, from: "demo" }, words: ["prog"] }],
    ["--from -j prog", { options: { ...NOTHING, from: "-j" }, words: ["prog"] }],
    ["--from= prog", { options: { ...NOTHING, from: "" }, words: ["prog"] }],
    ["-F a -F b", { options: { ...NOTHING, from: "b" }, words: [] }],
    ["-m -n -d -L prog", { options: NOTHING, words: ["prog"] }],
    ["--mapcompat --nomount --debug --use-loader", { options: NOTHING, words: [] }],
    ["prog show -- id -1", { options: NOTHING, words: ["prog", "show", "id", "-1"] }],
    ["-- -j --", { options: NOTHING, words: ["-j", "--"] }],
    ["prog - show", { options: NOTHING, words: ["prog", "-", "show"] }],
    ["-h prog -Z", { options: NOTHING, words: [], only: "help" }],
    ["-jh", { options: JSON_ONLY, words: [], only: "help" }],
    ["-hj", { options: NOTHING, words: [], only: "help" }],
    ["prog --help", { options: NOTHING, words: ["prog"], only: "help" }],
    ["-V prog show", { options: NOTHING, words: ["prog", "show"], only: "version" }],
    ["-V -j", { options: JSON_ONLY, words: [], only: "version" }],
    ["-j -V", { options: JSON_ONLY, words: [], only: "version" }],
    ["--v", { options: NOTHING, words: [], only: "version" }],
  ];
  test.each(ROWS)("parseLine(%j)", (line, parsed) => {
    expect(parseLine(line.split(" ").filter(Boolean))).toEqual(parsed);
  });

  test("parseLine() keeps empty words", () => {
    expect(parseLine(["prog", "", ""])).toMatchObject({ words: ["prog", "", ""] });
  });

  const MISTAKES: readonly (readonly [line: string, word: string, json: boolean])[] = [
    ["-Z", "-Z", false],
    ["-j -Z prog", "-Z", true],
    ["-Z -j", "-Z", false],
    // bpftool names the word before a cluster; the cluster itself is of more use.
    ["-Zj", "-Zj", false],
    ["-jZ", "-jZ", true],
    ["--nope", "--nope", false],
    ["--legacy", "--legacy", false],
    ["-l", "-l", false],
    ["--json=1", "--json=1", false],
    ["--=x", "--=x", false],
    ["-F", "-F", false],
    ["prog --from", "--from", false],
    ["show id -1", "-1", false],
    ["--e", "--e", false],
  ];
  test.each(MISTAKES)("parseLine(%j) does not know %s", (line, word, json) => {
    const parsed = parseLine(line.split(" "));
    if (!("error" in parsed)) throw new Error("no mistake was found");
    expect(parsed.error.message).toBe(`unrecognized option '${word}'`);
    expect(parsed.options.json).toBe(json);
  });
});

describe("options of single commands", () => {
  type Row = readonly [line: string, own: object, words: readonly string[]];
  const own = (options: object) => ({ ...NOTHING, own: options });
  const MAP = ["map", "dump", "id", "5"];
  const ROWS: readonly Row[] = [
    ["map dump id 5 --limit 5", { limit: "5" }, MAP],
    ["map dump id 5 --limit=5", { limit: "5" }, MAP],
    ["map dump --limit 5 id 5", { limit: "5" }, MAP],
    ["--limit 5 map dump id 5", { limit: "5" }, MAP],
    ["map dump id 5 --limit=", { limit: "" }, MAP],
    ["map dump id 5 --limit=a=b", { limit: "a=b" }, MAP],
    ["map dump id 5 --limit --table", { limit: "--table" }, MAP],
    ["map dump id 5 --limit -j", { limit: "-j" }, MAP],
    ["map dump id 5 --limit 1 --limit 2", { limit: "2" }, MAP],
    ["map dump id 5 --table", { table: "" }, MAP],
    ["map dump id 5 --table --count --hist --human", { table: "", count: "", hist: "", human: "" }, MAP],
    [
      "map dump id 5 --percpu sum --btf f --type t --key-type k",
      { percpu: "sum", btf: "f", type: "t", "key-type": "k" },
      MAP,
    ],
    [
      "snapshot save x --map-data none --no-kernel-btf",
      { "map-data": "none", "no-kernel-btf": "" },
      ["snapshot", "save", "x"],
    ],
    // Whose they are is not looked at here.
    ["prog show --limit 5", { limit: "5" }, ["prog", "show"]],
    // Behind -- they are words.
    ["map dump -- id 5 --limit 5", {}, ["map", "dump", "id", "5", "--limit", "5"]],
    ["-- --table", {}, ["--table"]],
    ["map dump id 5 --limit -- x", { limit: "--" }, [...MAP, "x"]],
  ];
  test.each(ROWS)("parseLine(%j)", (line, options, words) => {
    expect(parseLine(line.split(" "))).toEqual({ options: own(options), words });
  });

  test("values with blanks and bytes of any kind", () => {
    expect(parseLine(["map", "--type", "struct my stats", "--btf=\xc3\xa9"])).toEqual({
      options: own({ type: "struct my stats", btf: "\xc3\xa9" }),
      words: ["map"],
    });
  });

  const MISTAKES: readonly (readonly [line: string, word: string])[] = [
    ["map dump id 5 --limit", "--limit"],
    ["map dump id 5 --type", "--type"],
    ["snapshot save x --map-data", "--map-data"],
    // Never shortened: bpftool may come to have an option that begins like one of these.
    ["map dump --lim 5", "--lim"],
    ["map dump --limi=5", "--limi=5"],
    ["map dump --tab", "--tab"],
    ["map dump --t", "--t"],
    ["map dump --key 5", "--key"],
    ["map dump --co", "--co"],
    ["map dump --perc sum", "--perc"],
    ["snapshot save --no-kernel", "--no-kernel"],
    // They take no value.
    ["map dump --table=x", "--table=x"],
    ["map dump --count=", "--count="],
    ["snapshot save --no-kernel-btf=1", "--no-kernel-btf=1"],
    // Nor are names that only JavaScript knows.
    ["map dump --toString", "--toString"],
    ["map dump --__proto__ 5", "--__proto__"],
    ["map dump --constructor=5", "--constructor=5"],
  ];
  test.each(MISTAKES)("parseLine(%j) does not know %s", (line, word) => {
    const parsed = parseLine(line.split(" "));
    if (!("error" in parsed)) throw new Error("no mistake was found");
    expect(parsed.error.message).toBe(`unrecognized option '${word}'`);
  });

  test("global options keep what they may be shortened to", () => {
    expect(parseLine(["--b"])).toHaveProperty("error"); // bpffs or base-btf, as in bpftool
    expect(parseLine(["--bp", "--p", "--h"])).toMatchObject({
      options: { bpffs: true, pretty: true },
      only: "help",
    });
    expect(parseLine(["--no"])).toMatchObject({ words: [] }); // --nomount
    expect(parseLine(["--ma"])).toMatchObject({ words: [] }); // --mapcompat
  });

  test("each has a name of its own", () => {
    const global = OPTION_SPECS.map(({ long }) => long);
    for (const name of Object.keys(OWN_OPTIONS)) expect(global).not.toContain(name);
  });
});
