/**
 * Global options, which may stand anywhere on the line, in the manner of getopt_long with permutation: clusters
 * (`-jp`), values in the same word or the next, long names cut to an unambiguous beginning, `--` as the end.
 */
import { InspectError } from "../errors.ts";

export interface Options {
  readonly json: boolean;
  readonly pretty: boolean;
  /** Show pinned paths. */
  readonly bpffs: boolean;
  /** The source to look at. */
  readonly from: string;
  /** File with the BTF that split BTF stands on. */
  readonly baseBtf?: string;
  /** Options of the command alone: what was given with each, "" where it takes nothing. */
  readonly own: Readonly<Partial<Record<OwnOption, string>>>;
}

/** Options as the line has them: the source may be left open. */
type LineOptions = Omit<Options, "from"> & { readonly from?: string };

export type ParsedLine = {
  readonly options: LineOptions;
  /** Words that are no options. */
  readonly words: readonly string[];
  /** -h ends the line where it stands, -V takes the place of the command. */
  readonly only?: "help" | "version";
};

type Settings = { -readonly [K in keyof LineOptions]: LineOptions[K] } & {
  own: Partial<Record<OwnOption, string>>;
  only?: "help" | "version";
};

interface OptionSpec {
  readonly short: string;
  readonly long: string;
  /** Name of the value it takes, and the setting that the value becomes. */
  readonly value?: { readonly name: string; readonly becomes: "from" | "baseBtf" };
  /** What it sets without a value. */
  readonly sets: Partial<Settings>;
  readonly summary: string;
}

/** Options of bpftool that concern loading are taken and have no effect on looking. */
const IGNORED = { sets: {}, summary: "accepted for bpftool's sake" };

export const OPTION_SPECS: readonly OptionSpec[] = [
  { short: "j", long: "json", summary: "print JSON", sets: { json: true } },
  { short: "p", long: "pretty", summary: "print indented JSON", sets: { json: true, pretty: true } },
  {
    short: "F",
    long: "from",
    value: { name: "SOURCE", becomes: "from" },
    summary: "look at SOURCE: live, a snapshot, an object file, demo or book",
    sets: {},
  },
  { short: "f", long: "bpffs", summary: "show pinned paths, too", sets: { bpffs: true } },
  {
    short: "B",
    long: "base-btf",
    value: { name: "FILE", becomes: "baseBtf" },
    summary: "split BTF stands on the BTF in FILE",
    sets: {},
  },
  { short: "V", long: "version", summary: "print the version", sets: { only: "version" } },
  { short: "h", long: "help", summary: "print this help", sets: { only: "help" } },
  { short: "m", long: "mapcompat", ...IGNORED },
  { short: "n", long: "nomount", ...IGNORED },
  { short: "d", long: "debug", ...IGNORED },
  { short: "L", long: "use-loader", ...IGNORED },
];

interface OwnOptionSpec {
  readonly short?: string;
  /** Name of the value it takes. */
  readonly value?: string;
  readonly summary: string;
}

/** Options of single commands (see commands.ts). bpftool has none of them, so none may be shortened. */
export const OWN_OPTIONS = {
  table: { summary: "a table, with a column for each field" },
  percpu: { value: "sum|max|each", summary: "one value for all CPUs, or one row for each" },
  hist: { summary: "a histogram of the values by powers of two" },
  human: { summary: "names, addresses and text instead of numbers" },
  count: { summary: "only the number of entries" },
  limit: { value: "N", summary: "at most N entries" },
  btf: { value: "FILE", summary: "take types from the BTF in FILE" },
  type: { value: "TYPE", summary: "the type of values: 'struct stats'" },
  "key-type": { value: "TYPE", summary: "the type of keys" },
  "map-data": { value: "all|none|N", summary: "save all, no, or N entries of each map" },
  output: { short: "o", value: "FILE", summary: "draw into FILE: .svg, .png, .dot, .json or .mmd" },
  "all-netns": { summary: "look into every network namespace" },
  features: { summary: "probe for what the kernel can do, too" },
  "no-kernel-btf": { summary: "do not save the BTF of the kernel (5 MB)" },
} as const satisfies Readonly<Record<string, OwnOptionSpec>>;

export type OwnOption = keyof typeof OWN_OPTIONS;

/** What was understood up to the first mistake, so that the error can be printed in the form asked for. */
export interface LineMistake {
  readonly options: LineOptions;
  readonly error: Error;
}

export function parseLine(argv: readonly string[]): ParsedLine | LineMistake {
  const options: Settings = { json: false, pretty: false, bpffs: false, own: {} };
  const words: string[] = [];
  const rest = [...argv];
  while (rest.length > 0 && options.only !== "help") {
    const word = rest.shift() as string;
    if (word === "--") {
      words.push(...rest);
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      words.push(word);
      continue;
    }
    const applied = (word.startsWith("--") ? applyLong : applyCluster)(word, rest, options);
    if (!applied) return { options, error: strayOption(word) };
  }
  const { only, ...plain } = options;
  return { options: plain, words, ...(only && { only }) };
}

function applyLong(word: string, rest: string[], options: Settings): boolean {
  const [name = "", ...values] = word.slice(2).split("=");
  if (isOwnOption(name))
    return applyOwn(name, values.length > 0 ? values.join("=") : undefined, rest, options);
  const exact = OPTION_SPECS.find(({ long }) => long === name);
  const fitting = OPTION_SPECS.filter(({ long }) => long.startsWith(name));
  const spec = exact ?? (fitting.length === 1 ? fitting[0] : undefined);
  if (!spec || (values.length > 0 && !spec.value)) return false;
  return apply(spec, values.length > 0 ? values.join("=") : undefined, rest, options);
}

/** bpftool shows its help, too. */
function strayOption(word: string): InspectError {
  return new InspectError("usage", `unrecognized option '${word}'`, { data: { showHelp: true } });
}

function isOwnOption(name: string): name is OwnOption {
  return Object.hasOwn(OWN_OPTIONS, name);
}

/** The option of single commands that a letter stands for; each of them takes a value. */
function ownOptionOf(letter: string | undefined): OwnOption | undefined {
  const specs: readonly (readonly [string, OwnOptionSpec])[] = Object.entries(OWN_OPTIONS);
  return specs.find(([, { short }]) => short === letter)?.[0] as OwnOption | undefined;
}

function applyOwn(name: OwnOption, given: string | undefined, rest: string[], { own }: Settings): boolean {
  const takesValue = "value" in OWN_OPTIONS[name];
  if (!takesValue && given !== undefined) return false;
  const value = takesValue ? (given ?? rest.shift()) : "";
  if (value !== undefined) own[name] = value;
  return value !== undefined;
}

function applyCluster(word: string, rest: string[], options: Settings): boolean {
  for (let at = 1; at < word.length && options.only !== "help"; at++) {
    const spec = OPTION_SPECS.find(({ short }) => short === word[at]);
    const own = spec ? undefined : ownOptionOf(word[at]);
    if (own) return applyOwn(own, word.slice(at + 1) || undefined, rest, options);
    if (!spec) return false;
    if (spec.value) return apply(spec, word.slice(at + 1) || undefined, rest, options);
    apply(spec, undefined, rest, options);
  }
  return true;
}

/** False where a value is wanted and there is none, neither `own` nor as the next word. */
function apply(spec: OptionSpec, own: string | undefined, rest: string[], options: Settings): boolean {
  Object.assign(options, spec.sets);
  if (!spec.value) return true;
  const value = own ?? rest.shift();
  if (value !== undefined) options[spec.value.becomes] = value;
  return value !== undefined;
}
