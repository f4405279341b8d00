import { describe, expect, test } from "vitest";
import { parseLine } from "../../src/cli/options.ts";

const NOTHING = { json: false, pretty: false, bpffs: false };
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
