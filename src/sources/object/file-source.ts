/** Programs and maps of a file as a source of objects: there is no machine around them. */
import { type InspectError, syscallError } from "../../errors.ts";
import { NO_SYMBOLS } from "../../kallsyms/symbols.ts";
import { lookupError } from "../../model/lookup-errors.ts";
import type { ObjectKind, ProgCode, ProgRecord } from "../../model/records.ts";
import type { ObjectSource } from "../../model/source.ts";
import { storedContents, storedLookup, storedNextKey } from "../../model/stored-contents.ts";
import { ENOENT } from "../../uapi/errno.ts";
import type { ObjectMap } from "./contract.ts";

/** What is in the file; each part is asked for when it is needed, as often as it is. */
export interface FileParts {
  /** What `--from` was given. */
  readonly label: string;
  readonly littleEndian: boolean;
  /** Ids ascending from 1 without gaps, as those of maps. */
  progs(): readonly ProgRecord[];
  code(id: number): ProgCode;
  maps(): readonly ObjectMap[];
  /** Has the id 1. */
  btf(): Uint8Array | undefined;
  /** What is wrong with the parts that were asked for so far. */
  warnings(): readonly string[];
}

export interface FileSource extends ObjectSource {
  /** What is wrong with the file as far as it was read; byte text. */
  warnings(): readonly string[];
}

/** The kernel's name for programs that are not for any machine. */
const MACHINE = "bpf";

export function fileSource(parts: FileParts): FileSource {
  const prog = (id: number) => parts.progs()[id - 1] ?? fail(lookupError("prog", id));
  const map = (id: number) => parts.maps()[id - 1] ?? fail(lookupError("map", id));
  const maps = () => parts.maps().map(({ record }) => record);
  const missing = (kind: ObjectKind) => (id: number) => fail(lookupError(kind, id));
  const btfs = () => {
    const size = parts.btf()?.length;
    return size === undefined ? [] : [{ id: 1, size, name: "", kernel: false }];
  };
  return {
    kind: "object",
    label: parts.label,
    progs: parts.progs,
    progInfos: parts.progs,
    prog,
    code: ({ id }) => parts.code(prog(id).id),
    image: () => undefined,
    maps,
    mapInfos: maps,
    map: (id) => map(id).record,
    mapInfo: (id) => map(id).record,
    contents: ({ id }) => storedContents(map(id).contents),
    lookup: (info, key) => storedLookup(info, map(info.id).contents, key),
    nextKey: (info, key) => storedNextKey(info, map(info.id).contents, key),
    btfs,
    btf: (id) => btfs().find((btf) => btf.id === id) ?? missing("btf")(id),
    tokens: () => [],
    btfBytes: ({ id }) => (id === 1 ? parts.btf() : undefined) ?? missing("btf")(id),
    links: () => [],
    link: missing("link"),
    perf: () => [],
    pins: () => [],
    pinned: (path) => fail(syscallError(`bpf obj get (${path})`, ENOENT)),
    holders: () => [],
    symbols: () => NO_SYMBOLS,
    host: () => ({
      bootTime: 0n,
      release: "",
      machine: MACHINE,
      littleEndian: parts.littleEndian,
      possibleCpus: 1,
    }),
    warnings: parts.warnings,
  };
}

function fail(error: InspectError): never {
  throw error;
}
