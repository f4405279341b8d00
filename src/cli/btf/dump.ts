/**
 * `btf dump { id N | prog PROG | map MAP [key|value|kv|all] | file F... } [format raw|c] [root_id N]... [unsorted]`
 * (bpftool btf.c:do_dump).
 */
import { Btf } from "../../btf/btf.ts";
import { errnoOf, syscallError } from "../../errors.ts";
import type { Registry } from "../../model/registry.ts";
import { readBtfFile } from "../../sources/btf-file.ts";
import { EINVAL, ENOENT } from "../../uapi/errno.ts";
import type { Context } from "../context.ts";
import { mapSelector, progSelector } from "../selectors.ts";
import { missingWords, usageError } from "../usage.ts";
import { matchKeyword, parseId, type Words } from "../words.ts";

const MAX_ROOT_IDS = 16;
const INVALID = -EINVAL & 0xff;
const TOO_BIG = -7 & 0xff;
const NOT_SUPPORTED = -95 & 0xff;
const SYSFS = "/sys/kernel/btf/";
const SYSFS_VMLINUX = `${SYSFS}vmlinux`;

/** BTF, and the types of it that are wanted: all, where that is not told. */
interface Chosen {
  readonly btf: Btf;
  readonly ids?: readonly number[];
}

interface DumpOptions {
  readonly format: "raw" | "c";
  readonly rootIds: readonly number[];
  readonly unsorted: boolean;
}

/** What the first words choose, found once the whole line has been read. */
interface Source {
  load(): Promise<Chosen>;
  /** It chooses types of its own. */
  readonly filters: boolean;
}

export async function btfDump(words: Words, context: Context): Promise<void> {
  if (words.left < 2) throw missingWords("dump", 2, words.left);
  const source = btfSource(words, context);
  const options = dumpOptions(words, source.filters);
  const { btf, ids } = await source.load();
  const wanted = ids ?? (options.rootIds.length > 0 ? options.rootIds : undefined);
  const missing = wanted?.find((id) => id >= btf.typeCount);
  if (missing !== undefined) throw usageError(`invalid root ID: ${missing}`, INVALID);
  const { json, out } = context;
  if (options.format === "raw") {
    const { rawJson, rawPlain } = await import("../../render/btf/raw.ts");
    const which = wanted ? { ids: wanted } : {};
    return json ? rawJson(out, json, btf, which) : rawPlain(out, btf, which);
  }
  if (json) throw usageError("JSON output for C-syntax dump is not supported", NOT_SUPPORTED);
  const { writeC } = await import("../../btf/c/dump.ts");
  writeC(out, btf, { unsorted: options.unsorted, ...(wanted && { rootIds: wanted }) });
}

const SOURCES = ["map", "prog", "id", "file"] as const;
const MAP_PARTS = ["key", "value", "all", "kv"] as const;

function btfSource(words: Words, context: Context): Source {
  const word = words.take();
  switch (matchKeyword(word, SOURCES)) {
    case "map":
      if (words.left < 2) throw missingWords(word, 2, words.left);
      return mapSource(words, context);
    case "prog": {
      if (words.left < 2) throw missingWords(word, 2, words.left);
      const selector = progSelector(words);
      return byId(context, (registry) => only(registry.findProgs(selector), "programs").btfId);
    }
    case "id": {
      const text = words.take();
      const id = parseId(text);
      if (id === undefined) throw usageError(`can't parse ${text} as ID`);
      return byId(context, () => id);
    }
    case "file":
      return fileSource(words, context);
    default:
      throw usageError(`unrecognized BTF source specifier: '${word}'`);
  }
}

function mapSource(words: Words, context: Context): Source {
  const selector = mapSelector(words);
  const next = words.peek();
  const part = next === undefined ? undefined : matchKeyword(next, MAP_PARTS);
  if (part) words.take();
  return {
    filters: part !== "all",
    async load() {
      const registry = await context.registry();
      const map = only(registry.findMaps(selector), "maps");
      const btf = await loadById(registry, map.btfId, context);
      const ids = { key: [map.btfKeyTypeId], value: [map.btfValueTypeId], all: undefined };
      const wanted = part === undefined || part === "kv" ? [map.btfKeyTypeId, map.btfValueTypeId] : ids[part];
      return { btf, ...(wanted && { ids: wanted }) };
    },
  };
}

function only<T>(found: readonly T[], what: string): T {
  const [first, ...others] = found;
  if (first === undefined || others.length > 0) throw usageError(`several ${what} match this handle`);
  return first;
}

function byId(context: Context, idOf: (registry: Registry) => number): Source {
  return {
    filters: false,
    async load() {
      const registry = await context.registry();
      return { btf: await loadById(registry, idOf(registry), context) };
    },
  };
}

async function loadById(registry: Registry, id: number, { options, err, json }: Context): Promise<Btf> {
  const { source } = registry;
  try {
    if (id === 0) throw syscallError("", ENOENT);
    const record = source.btf(id);
    if (options.baseBtf !== undefined) return new Btf(source.btfBytes(record), readBtfFile(options.baseBtf));
    const btf = registry.btf(id) as Btf;
    if (btf.base && !json) {
      err.write(
        `Warning: valid base BTF was not specified with -B option, falling back to standard base BTF (${SYSFS_VMLINUX})\n`,
      );
    }
    return btf;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    throw syscallError(`get btf by id (${id})`, errno, { status: -errno & 0xff });
  }
}

/** Several files are merged on their base. */
function fileSource(words: Words, { options, err, json }: Context): Source {
  const files: string[] = [];
  do {
    if (words.left === 0) throw usageError("'file' needs at least 1 arguments, 0 found", INVALID);
    const file = words.take();
    if (file !== SYSFS_VMLINUX) files.push(file);
    else if (!json) err.write(`skipping ${file} (will be loaded as base)\n`);
  } while (takesFile(words));
  return {
    filters: false,
    async load() {
      const sysfs = files.some((file) => file.startsWith(SYSFS)) ? SYSFS_VMLINUX : undefined;
      const baseFile = options.baseBtf ?? sysfs;
      const base = baseFile === undefined ? undefined : readBtfFile(baseFile);
      const [first = SYSFS_VMLINUX, ...others] = files;
      if (others.length === 0) return { btf: readBtfFile(first, base) };
      if (!base) {
        const how = "use -B/--base-btf or use sysfs paths";
        throw usageError(`base BTF is required when merging multiple BTF files; ${how}`, INVALID);
      }
      const { mergeBtf } = await import("../../btf/merge/merge.ts");
      return {
        btf: mergeBtf(
          base,
          files.map((file) => readBtfFile(file, base)),
        ),
      };
    },
  };
}

function takesFile(words: Words): boolean {
  const next = words.peek();
  if (next === undefined || matchKeyword(next, ["file"]) === undefined) return false;
  words.take();
  return true;
}

function dumpOptions(words: Words, filtered: boolean): DumpOptions {
  let format: DumpOptions["format"] = "raw";
  let unsorted = false;
  const rootIds: number[] = [];
  while (words.left > 0) {
    const word = words.take();
    switch (matchKeyword(word, ["format", "root_id", "unsorted"])) {
      case "format":
        format = formatWord(words);
        break;
      case "root_id":
        if (filtered) throw usageError("cannot use root_id with other type filtering", INVALID);
        rootIds.push(rootId(words, rootIds));
        break;
      case "unsorted":
        unsorted = true;
        break;
      default:
        throw usageError(`unrecognized option: '${word}'`, INVALID);
    }
  }
  return { format, unsorted, rootIds };
}

function formatWord(words: Words): DumpOptions["format"] {
  if (words.left === 0) throw usageError("expecting value for 'format' option", INVALID);
  const word = words.take();
  if (word === "raw" || word === "c") return word;
  throw usageError(`unrecognized format specifier: '${word}', possible values: raw, c`, INVALID);
}

function rootId(words: Words, known: readonly number[]): number {
  if (known.length === MAX_ROOT_IDS) throw usageError(`only ${MAX_ROOT_IDS} root_id are supported`, TOO_BIG);
  if (words.left === 0) throw usageError("expecting value for 'root_id' option", INVALID);
  const word = words.take();
  const id = parseId(word);
  if (id === undefined) throw usageError(`can't parse ${word} as root ID`);
  if (known.includes(id)) throw usageError(`duplicate root_id ${id} supplied`, INVALID);
  return id;
}
