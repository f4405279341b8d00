/**
 * The differences that there are between bpftool 7.1.0 and bpflens, each by name and as narrow as it can be.
 * Everything that no rule here changes has to be equal byte for byte.
 */
import path from "node:path";
import { editObjects, type JsonObject } from "./json.ts";
import { bpflens, bpftool, type Output } from "./tools.ts";

/** A command in full, whatever abbreviations and options its line has. */
export type About =
  | "prog show"
  | "prog dump"
  | "map show"
  | "map dump"
  | "map lookup"
  | "map getnext"
  | "btf dump"
  | "link show"
  | "btf show"
  | "perf show"
  | "help"
  | "mistake";

export interface Case {
  readonly about: About;
  readonly argv: readonly string[];
  /** Run by a user who may do nothing. */
  readonly asNobody?: true;
}

export interface Rule {
  readonly name: string;
  /** Where the difference is described: behaviour.md is the reference page on bpftool 7.8.0. */
  readonly why: string;
  /** bpftool: makes of 7.1.0's output what 7.8.0 prints, or should. bpflens: hides what 7.1.0 does not tell. */
  readonly side: "bpftool" | "bpflens";
  applies(command: Case): boolean;
  apply(output: Output, command: Case): Output | Promise<Output>;
}

function on(...abouts: About[]): Rule["applies"] {
  return ({ about }) => abouts.includes(about);
}

function onStdout(change: (stdout: string) => string): Rule["apply"] {
  return (output) => ({ ...output, stdout: change(output.stdout) });
}

function onBoth(change: (text: string, command: Case) => string): Rule["apply"] {
  return ({ stdout, stderr, status }, command) => ({
    stdout: change(stdout, command),
    stderr: change(stderr, command),
    status,
  });
}

/** Plain and JSON output, told apart by how it begins. */
function inEither(change: { plain(text: string): string; json(object: JsonObject): void }): Rule["apply"] {
  return onStdout((text) => (isJson(text) ? editObjects(text, change.json) : change.plain(text)));
}

function isJson(text: string): boolean {
  return /^[[{]/.test(text);
}

/** `change` for the text of every object: its line `7: type ...` and the indented lines that follow. */
function eachPlain(text: string, change: (block: string) => string): string {
  return text
    .split(/^(?=\d+: )/m)
    .map(change)
    .join("");
}

const BPFFS = "/sys/fs/bpf";

/** Types of links that 7.1.0 has no names for. */
const LINK_TYPES: ReadonlyMap<unknown, string> = new Map([
  [10, "netfilter"],
  [11, "tcx"],
  [12, "uprobe_multi"],
  [14, "sockmap"],
]);

/** Types of links of which 7.1.0 prints the first line only. */
const BARE_LINKS: readonly unknown[] = ["xdp", "perf_event", ...LINK_TYPES.values()];

export const RULES: readonly Rule[] = [
  {
    name: "pids",
    why: "behaviour.md 5.6: 7.1.0 has no pids without a BPF iterator; bpflens reads /proc",
    side: "bpflens",
    applies: on("prog show", "map show", "link show", "btf show"),
    apply: inEither({
      plain: (text) => text.replace(/\n\tpids .+\(\d+\)$/gm, ""),
      json: (object) => delete object.pids,
    }),
  },
  {
    name: "orphaned",
    why: "behaviour.md 23, row 'prog show -j': 7.1.0 has no such key",
    side: "bpflens",
    applies: on("prog show"),
    apply: inEither({
      plain: (text) => text,
      json: (object) => object.orphaned === false && delete object.orphaned,
    }),
  },
  {
    name: "program type netfilter",
    why: "behaviour.md 23, row 'type names': 7.1.0 ends with syscall, 31",
    side: "bpftool",
    applies: on("prog show", "prog dump"),
    apply: inEither({
      plain: (text) => text.replace(/^(\d+): type 32 /gm, "$1: netfilter "),
      json: (object) => {
        if (object.type === 32) object.type = "netfilter";
      },
    }),
  },
  {
    name: "link types",
    why: "behaviour.md 23, row 'type names': 7.1.0 ends with struct_ops, 9",
    side: "bpftool",
    applies: on("link show"),
    apply: inEither({
      plain: (text) =>
        text.replace(/^(\d+): type (\d+) /gm, (line, id, type) => {
          const name = LINK_TYPES.get(Number(type));
          return name ? `${id}: ${name} ` : line;
        }),
      json: (object) => {
        const name = LINK_TYPES.get(object.type);
        if (name) object.type = name;
      },
    }),
  },
  {
    name: "raw_tracepoint cookie",
    why: "behaviour.md 23, row 'link show': 7.1.0 has no cookie there",
    side: "bpflens",
    applies: on("link show"),
    apply: inEither({
      plain: (text) =>
        eachPlain(text, (link) =>
          /^\d+: raw_tracepoint /.test(link) ? link.replace(/^(\ttp '.*' {2})cookie \d+ {2}$/m, "$1") : link,
        ),
      json: (object) => object.type === "raw_tracepoint" && delete object.cookie,
    }),
  },
  {
    name: "links without details",
    why: "behaviour.md 23, row 'link show': 7.1.0 prints the first line and the pins of these types",
    side: "bpflens",
    applies: on("link show"),
    apply: inEither({
      plain: (text) =>
        eachPlain(text, (link) =>
          BARE_LINKS.includes(/^\d+: (\S+) /.exec(link)?.[1])
            ? link.replace(/^\t(?!pinned ).*\n/gm, "")
            : link,
        ),
      json: (object) => {
        if (!BARE_LINKS.includes(object.type)) return;
        for (const key of Object.keys(object)) {
          if (!["id", "type", "prog_id", "pinned"].includes(key)) delete object[key];
        }
      },
    }),
  },
  {
    name: "btf_id of an earlier map",
    why: "behaviour.md 24.1: the list shows it for maps without BTF; `map show id` does not",
    side: "bpftool",
    applies: on("map show"),
    apply: async (output) => {
      const ids = Array.from(output.stdout.matchAll(/^(\d+): |"id": ?(\d+),/gm), ([, plain, json]) =>
        Number(plain ?? json),
      );
      const without = new Set<unknown>();
      for (const id of ids) if (!(await hasBtf(id))) without.add(id);
      const apply = inEither({
        plain: (text) =>
          eachPlain(text, (map) =>
            without.has(Number.parseInt(map, 10))
              ? map.replace(/\tbtf_id \d+(\n| {2}(?=frozen$))/m, (_, end) => (end === "\n" ? "" : "\t"))
              : map,
          ),
        json: (object) => without.has(object.id) && delete object.btf_id,
      });
      return apply(output, { about: "map show", argv: [] });
    },
  },
  {
    name: "move of a per-cpu address",
    why: "behaviour.md 23, row 'prog dump xlated': 7.1.0 prints it as a move of the register",
    side: "bpflens",
    applies: on("prog dump"),
    apply: onStdout((text) =>
      text.replace(/\(bf\) (r\d+) = &\(void __percpu \*\)\((r\d+)\)/g, "(bf) $1 = $2"),
    ),
  },
  {
    name: "backslash in JSON",
    why: "7.1.0 writes a newline's escape for a backslash (not in behaviour.md); source lines have no newlines",
    side: "bpftool",
    applies: on("prog dump"),
    apply: onStdout((text) =>
      isJson(text) ? text.replace(/\\./g, (pair) => (pair === "\\n" ? "\\\\" : pair)) : text,
    ),
  },
  {
    name: "visual in JSON",
    why: "behaviour.md 7: they exclude each other; 7.1.0 prints null and succeeds (not in section 23)",
    side: "bpftool",
    applies: ({ about, argv }) => about === "mistake" && argv.includes("visual") && argv.includes("-j"),
    apply: (output) =>
      output.stdout === "null\n"
        ? { ...output, stdout: `{"error":"'visual' is not compatible with JSON output"}\n`, status: 255 }
        : output,
  },
  {
    name: "unsigned enum values",
    why: "behaviour.md 24.3: in JSON bpftool extends the sign of 32-bit values to 64 bits",
    side: "bpftool",
    applies: on("btf dump"),
    apply: onStdout((text) =>
      text.replace(/"kind": ?"ENUM",[^\]]*"encoding": ?"UNSIGNED"[^\]]*\]/g, (type) =>
        type.replace(/(?<="val": ?)\d{20}\b/g, (value) => BigInt.asUintN(32, BigInt(value)).toString()),
      ),
    ),
  },
  {
    name: "blank line after an error",
    why: "behaviour.md 14.2: the message about a missing format ends with a newline of its own",
    side: "bpftool",
    applies: ({ about, argv }) => about === "mistake" && argv.at(-1) === "format",
    apply: onBoth((text) => text.replace(/(expecting value for 'format' option)(?:\n|\\n)(?="|\n)/, "$1")),
  },
  {
    name: "inner map ids",
    why: "behaviour.md 12.2: 7.1.0 prints the bytes of the id, as of any other value (not in section 23)",
    side: "bpftool",
    applies: on("map dump", "map lookup"),
    apply: async (output, { argv }) => {
      if (!(await isMapOfMaps(argv[argv.indexOf("id") + 1] ?? ""))) return output;
      const apply = inEither({
        plain: (text) =>
          text.replace(
            / value: ((?:[0-9a-f]{2} ?){4})$/gm,
            (_, bytes) => ` inner_map_id: ${littleEndian(bytes)} `,
          ),
        json(object) {
          if (Array.isArray(object.value)) object.inner_map_id ??= littleEndian(object.value.join(" "));
        },
      });
      return apply(output, { about: "map dump", argv });
    },
  },
  {
    name: "maps that cannot be listed",
    why: "behaviour.md 24.5: bpftool prints an empty list and fails without a word",
    side: "bpflens",
    applies: on("map dump"),
    apply: ({ stdout, stderr, status }) => ({
      stdout: stdout.replace(/\{\s*"error": ?"Cannot list the entries of map [^"]+"\s*\}\s*(?=\])/, ""),
      stderr: stderr.replace(/^Error: Cannot list the entries of map .*\n/m, ""),
      status,
    }),
  },
  {
    name: "frame of C",
    why: "behaviour.md 23, row 'btf dump format c': 7.1.0 has no macros for kfuncs, and no kfuncs",
    side: "bpflens",
    applies: ({ about, argv }) => about === "btf dump" && argv.includes("c"),
    apply: onStdout((text) =>
      text
        .replace(/#ifndef __ksym\n[\s\S]*?#endif\n#endif\n\n/, "")
        .replace(/\n\/\* BPF kfuncs \*\/\n#ifndef BPF_NO_KFUNC_PROTOTYPES\n[\s\S]*?#endif\n\n/, ""),
    ),
  },
  {
    name: "size of enums",
    why: "7.1.0 does not tell that an enum has 1 or 8 bytes (not in behaviour.md 23)",
    side: "bpflens",
    applies: ({ about, argv }) => about === "btf dump" && argv.includes("c"),
    apply: onStdout((text) => text.replace(/^(\t*\}) __attribute__\(\(mode\((?:byte|word)\)\)\)/gm, "$1")),
  },
  {
    name: "unsorted",
    why: "behaviour.md 23, row 'btf dump format c': 7.1.0 never sorts, and knows no such word",
    side: "bpftool",
    applies: ({ about, argv }) => about === "btf dump" && argv.includes("unsorted"),
    apply: async (output, { argv }) =>
      output.status === 0 ? output : bpftool(argv.filter((word) => word !== "unsorted")),
  },
  {
    name: "two errors",
    why: "behaviour.md 24.17: bpftool prints two root objects where a BTF object is missing; one tells as much",
    side: "bpftool",
    applies: ({ about, argv }) => /^(?:mistake|btf dump)$/.test(about) && argv.includes("btf"),
    apply: onBoth((text) =>
      text
        .replace(/^Error: can't get BTF object by id \(\d+\): .*\n(?=Error: )/, "")
        .replace(/^\{\s*"error": ?"can't get BTF object by id [^"]*"\s*\},(?=\{)/, ""),
    ),
  },
  {
    name: "error and null",
    why: "as above: where words are missing, the error and the help are two root objects",
    side: "bpftool",
    applies: ({ about, argv }) => about === "help" && argv.includes("btf"),
    apply: onStdout((text) => text.replace(/(?<=^\{\s*"error": ?"[^"]*"\s*\}),null(?=\n$)/, "")),
  },
  {
    name: "base is skipped",
    why: "behaviour.md 14.2: 7.8.0 says that it loads the kernel's BTF as base; 7.1.0 does not (not in section 23)",
    side: "bpflens",
    applies: on("btf dump"),
    apply: (output) => ({
      ...output,
      stderr: output.stderr.replace(/^skipping \/sys\/kernel\/btf\/vmlinux \(will be loaded as base\)\n/, ""),
    }),
  },
  {
    name: "nothing matches",
    why: "behaviour.md 24.6: bpftool says nothing, bpflens what it did not find",
    side: "bpflens",
    applies: on("mistake"),
    apply: ({ stdout, stderr, status }) => ({
      stdout: stdout.replace(
        /^\{\s*"error": ?"no (?:program|map) with (?:name '\w+'|tag [0-9a-f]{16})"\s*\}\n$/,
        "\n",
      ),
      stderr: stderr.replace(/^Error: no (?:program|map) with (?:name '\w+'|tag [0-9a-f]{16})\n/, ""),
      status,
    }),
  },
  {
    name: "help text",
    why: "the help is bpflens's own; it has to be that of the same object",
    side: "bpftool",
    applies: on("help"),
    apply: async (output) => {
      const at = output.stderr.indexOf("Usage: bpftool ");
      if (at < 0) return output;
      const object = /^Usage: bpftool (prog|map|link|btf|perf) /.exec(output.stderr.slice(at))?.[1];
      const { stderr } = await bpflens(object ? [object, "help"] : ["help"]);
      return { ...output, stderr: output.stderr.slice(0, at) + stderr };
    },
  },
  {
    name: "help of perf in JSON",
    why: "behaviour.md 24.12: bpftool prints it as text",
    side: "bpftool",
    applies: ({ about, argv }) => about === "help" && argv.includes("perf") && /^-[jp]$/.test(argv[0] ?? ""),
    apply: (output) => (output.stdout === "\n" ? { ...output, stdout: "null\n", stderr: "" } : output),
  },
  {
    name: "error of a walk",
    why: "bpftool does not say what is not permitted when it looks for a name",
    side: "bpftool",
    applies: ({ asNobody, argv }) => asNobody === true && argv.includes("name"),
    apply: onBoth((text, { argv }) =>
      text.replace(
        /^(Error: |\s*"error": ?"|\{"error":")(?=Operation not permitted)/m,
        `$1can't get next ${argv.includes("prog") ? "program" : "map"}: `,
      ),
    ),
  },
  {
    name: "got: (null)",
    why: "behaviour.md 24.11: bpftool prints a word that is not there",
    side: "bpftool",
    applies: on("mistake"),
    apply: onBoth((text) => text.replace(", got: (null)", "")),
  },
  {
    name: "path of a pin",
    why: "behaviour.md 24.11: bpftool names the folder that the file is in, and with it also misjudges a bpffs",
    side: "bpftool",
    applies: ({ argv, about }) => about === "mistake" && argv.includes("pinned"),
    apply: onBoth((text, { argv }) => {
      const file = argv[argv.indexOf("pinned") + 1] ?? "";
      const named = text.replace(`bpf obj get (${path.dirname(file)}): `, `bpf obj get (${file}): `);
      return file === BPFFS
        ? named.replace("directory not in bpf file system (bpffs)", "Permission denied")
        : named;
    }),
  },
  {
    name: "hint",
    why: "without permission bpflens also tells what can be looked at",
    side: "bpflens",
    applies: ({ asNobody }) => asNobody === true,
    apply: (output) => ({
      ...output,
      stderr: output.stderr.replace(
        "Hint: looking at the live kernel needs root; --from SNAPSHOT looks at a saved machine, --from demo at a bundled one\n",
        "",
      ),
    }),
  },
];

/** The number in `2b 11 00 00` or `0x2b 0x11 0x00 0x00`. */
function littleEndian(bytes: string): number {
  return bytes
    .trim()
    .split(" ")
    .reduceRight((sum, byte) => sum * 256 + Number.parseInt(byte, 16), 0);
}

async function isMapOfMaps(id: string): Promise<boolean> {
  const { stdout, status } = await bpftool(["map", "show", "id", id]);
  return status === 0 && /^\d+: \w+_of_maps /.test(stdout);
}

const btfOfMaps = new Map<number, boolean>();

/** True also for maps that have gone. Ids are not used twice. */
async function hasBtf(id: number): Promise<boolean> {
  const known = btfOfMaps.get(id);
  if (known !== undefined) return known;
  const { stdout, status } = await bpftool(["-j", "map", "show", "id", String(id)]);
  if (status !== 0) return true;
  const has = "btf_id" in JSON.parse(stdout);
  btfOfMaps.set(id, has);
  return has;
}
