/**
 * Completion in the shells themselves. Bash and zsh run in a terminal: a line is typed, a key puts all that fits into it, and the line
 * then prints its words. Fish tells what it would offer.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { COMMANDS, isAbsent } from "../../src/cli/commands.ts";
import { COMPLETION_MACHINE, HOSTILE_NAMES } from "../support/completion-machine.ts";
import { saveMachine } from "../support/saved-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { pressKeys } from "../support/terminal.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const FOLDER = tempFolder();
const HOME = path.join(FOLDER, "home");
/** Where the shells are: a file and a folder. */
const CWD = path.join(FOLDER, "cwd");
const BIN = path.join(FOLDER, "bin");
const ENV = { PATH: `${BIN}:${process.env.PATH}`, HOME, ZDOTDIR: HOME, TERM: "dumb", COLUMNS: "10000" };
const OBJECTS = COMMANDS.filter((entry) => !isAbsent(entry)).map(({ word }) => word);
const FILES = ["my file.o", "sub"];
/** Relative, so that lines stay short. */
const PLACE = "../machine";

/** What is typed behind `bpflens`, and the words that are offered. */
const ROWS: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["", OBJECTS],
  ["prog d", ["dump"]],
  ["prog dump ", ["xlated", "jited"]],
  [`-F ${PLACE} prog dump xlated id `, ["7", "8", "80", "81"]],
  [`-F ${PLACE} p d x id 8`, ["8", "80", "81"]],
  [`-F ${PLACE} prog dump xlated tag `, ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"]],
  [`-F ${PLACE} prog dump xlated name t`, ["talker", "twin"]],
  [`-F ${PLACE} prog dump xlated id 7 `, ["file", "opcodes", "linum", "visual", "names"]],
  [`-F ${PLACE} map show name `, ["counts", ...HOSTILE_NAMES, "congestion"]],
  [`-F ${PLACE} map show pinned `, ["/sys/fs/bpf/my counts"]],
  [`-F ${PLACE} map show pinned /sys/`, ["/sys/fs/bpf/my counts"]],
  [`--from=${PLACE} net show dev `, ["lo", "eth0"]],
  [`-F ${PLACE} iter cat id `, ["5"]],
  ["prog tracelog std", ["stdout", "stderr"]],
  ["--f", ["--from"]],
  ["map dump --co", ["--count"]],
  ["--from=d", ["--from=demo"]],
  ["--from ", ["live", "demo", "book", "insns:", ...FILES]],
  ["--from=m", ["--from=my file.o"]],
  ["-F insns:m", ["insns:my file.o"]],
  ["btf dump file ", FILES],
  ["btf dump file m", ["my file.o"]],
  ["btf dump file s", ["sub"]],
  ["gen ", []],
];

/** The words that a shell offers, by line. */
type Offers = ReadonlyMap<string, readonly string[]>;

/** Puts all that fits into the line; then the line is made one that prints its words. */
const INSERT_ALL = { bash: "\x1b*", zsh: "\x18a" } as const;

const RC = {
  bash: `PS1='READY> '
bind 'set bell-style none'
bind 'set completion-query-items 0'
source <(bpflens completion bash)
`,
  zsh: `autoload -Uz compinit
compinit -u -D
source <(bpflens completion zsh)
PS1='READY> '
bindkey -e
zle -C all-matches complete-word _generic
bindkey '^Xa' all-matches
zstyle ':completion:*' completer _complete
zstyle ':completion:all-matches:*' completer _all_matches _complete
zstyle ':completion:all-matches:*' insert yes
`,
} as const;

const SHOW = `n=0
shown() { printf '<%s>\\n' "$@"; n=$((n + 1)); echo "row $n"; }
`;

async function typedInto(shell: "bash" | "zsh"): Promise<Offers> {
  const file = path.join(HOME, shell === "zsh" ? ".zshrc" : "bashrc");
  fs.writeFileSync(file, `${RC[shell]}${SHOW}`);
  const command = shell === "zsh" ? ["zsh", "-i"] : ["bash", "--rcfile", file, "-i"];
  const steps = ROWS.map(([line], i) => ({
    keys: `bpflens ${line}${INSERT_ALL[shell]}\x01shown \r`,
    leadsTo: `row ${i + 1}\r\n`,
  }));
  const output = await pressKeys({ command, env: ENV, cwd: CWD, prompt: "READY> " }, steps);
  const answers = output.split(/^row \d+\r*$/m).slice(0, -1);
  return new Map(
    answers.map((answer, i) => {
      const line = ROWS[i]?.[0] ?? "";
      const words = [...answer.matchAll(/^<(.*)>\r*$/gm)].map(([, word = ""]) => word);
      return [line, words.slice(line.split(" ").length)];
    }),
  );
}

function askedOfFish(): Offers {
  const completions = path.join(HOME, ".config/fish/completions");
  fs.mkdirSync(completions, { recursive: true });
  fs.writeFileSync(path.join(completions, "bpflens.fish"), run("bpflens", "completion", "fish"));
  return new Map(
    ROWS.map(([line]) => {
      const answer = run("fish", "-c", "complete -C $argv[1]", `bpflens ${line}`);
      return [
        line,
        answer
          .split("\n")
          .slice(0, -1)
          .map((text) => text.split("\t")[0] ?? ""),
      ];
    }),
  );
}

function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { env: ENV, cwd: CWD, encoding: "latin1" });
}

function isInstalled(command: string): boolean {
  return ENV.PATH.split(":").some((folder) => fs.existsSync(path.join(folder, command)));
}

beforeAll(() => {
  for (const folder of [HOME, BIN, path.join(CWD, "sub")]) fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(CWD, "my file.o"), "");
  fs.symlinkSync(path.join(ROOT, "bin/bpflens.cjs"), path.join(BIN, "bpflens"));
  saveMachine(FOLDER, "machine", COMPLETION_MACHINE);
});

const SHELLS = [
  ["bash", () => typedInto("bash")],
  ["zsh", () => typedInto("zsh")],
  ["fish", async () => askedOfFish()],
] as const;

describe.each(SHELLS)("%s", (shell, ask) => {
  // Where the tests must run, a shell that is missing is a failure.
  describe.skipIf(!isInstalled(shell) && process.env.CI === undefined)("offers", () => {
    let offers: Offers;
    beforeAll(async () => {
      offers = await ask();
    });

    test.each(ROWS)("bpflens %s", (line, words) => {
      const offered = offers.get(line)?.map((word) => word.replace(/(?<=.)\/$/, ""));
      expect(offered?.toSorted()).toEqual([...words].toSorted());
    });

    test("nothing of what is offered was run", () => {
      expect(fs.readdirSync(CWD).sort()).toEqual(FILES);
    });
  });
});
