/** The machine of the article as a source of objects. */
import { parseHex } from "../../src/bytes/hex.ts";
import type { HolderRecord, MapRecord, PerfRecord, ProgCode, ProgRecord } from "../../src/model/records.ts";
import { lookupError } from "../../src/model/lookup-errors.ts";
import type { ObjectSource } from "../../src/model/source.ts";
import { type Assembled, parse } from "./asm.ts";
import { BTF_ID, type BookBtf, bookBtf } from "./btf.ts";
import { kernelSymbols, tagOf, translated } from "./kernel.ts";
import { MAPS, mapById, withBtf } from "./maps.ts";
import { type BookProgram, PROGRAMS } from "./programs.ts";

const NS_PER_MS = 1_000_000n;
const BOOT_TIME = BigInt(Date.parse("2019-06-18T20:11:37.418Z")) * NS_PER_MS;
/** Programs are loaded this long after the full second that is printed. */
const LOAD_FRACTION = 482_736_150n;

/** enum bpf_task_fd_type. */
const FD_TYPE_KPROBE = 2;
/** The process that the article's perf attachments belong to; its name is not told. */
const MONITOR = { pid: 1765, comm: "python3" };

const PERF: readonly PerfRecord[] = [
  [6, 26, "blk_account_io_start"] as const,
  [8, 27, "blk_account_io_done"] as const,
  [11, 28, "sched_fork"] as const,
].map(([fd, progId, name]) => ({
  ...{ pid: MONITOR.pid, fd, progId, fdType: FD_TYPE_KPROBE, name },
  ...{ offset: 0n, addr: 0n },
}));

const HOLDERS: readonly HolderRecord[] = [
  ...PERF.map(({ progId }) => ({ kind: "prog" as const, id: progId, ...MONITOR })),
  ...[16, 17, 18].map((id) => ({ kind: "map" as const, id, ...MONITOR })),
];

export function bookSource(): ObjectSource {
  const codes = new Map(PROGRAMS.map((program) => [program.id, codeOf(program)]));
  const btf = bookBtf(one(codes, BTF_PROGRAM, "prog"));
  const progs = PROGRAMS.map((program) => progRecord(program, one(codes, program.id, "prog")));
  const maps: readonly MapRecord[] = MAPS.map((map) => withBtf(map, btf));
  const btfs = [{ id: BTF_ID, size: btf.bytes.length, name: "", kernel: false }];
  return {
    kind: "snapshot",
    label: "book",
    progs: () => progs,
    progInfos: () => progs,
    prog: (id) => one(byId(progs), id, "prog"),
    maps: () => maps,
    mapInfos: () => maps,
    map: (id) => one(byId(maps), id, "map"),
    mapInfo: (id) => one(byId(maps), id, "map"),
    btfs: () => btfs,
    btf: (id) => one(byId(btfs), id, "btf"),
    links: () => [],
    link: (id) => one(new Map(), id, "link"),
    perf: () => PERF,
    code: ({ id }) => progCode(id, one(codes, id, "prog"), btf),
    image: () => undefined,
    btfBytes: () => btf.bytes,
    contents: notTold,
    lookup: notTold,
    nextKey: notTold,
    pins: () => [],
    pinned: (path) => {
      throw new Error(`nothing is pinned at ${path}`);
    },
    tokens: () => [],
    holders: (kind) => HOLDERS.filter((holder) => kind === undefined || holder.kind === kind),
    symbols: kernelSymbols,
    host: () => ({
      bootTime: BOOT_TIME,
      release: "5.1.0",
      machine: "x86_64",
      littleEndian: true,
      possibleCpus: 8,
    }),
  };
}

/** The article does not show what is in the maps. */
function notTold(): never {
  throw new Error("the contents of maps are not told");
}

/** The program that BTF object 5 describes. */
const BTF_PROGRAM = 263;
const FUNC_INFO_SIZE = 8;
const LINE_INFO_SIZE = 16;

/** The translated instructions; an error where they do not have the size and tag that the article tells. */
function codeOf({ id, text, quoted }: BookProgram): Assembled {
  const items = parse(text);
  const code = translated(items, mapById);
  if (quoted && code.bytes.length !== quoted.xlatedLen)
    throw new Error(`program ${id} has ${code.bytes.length} bytes, the article tells ${quoted.xlatedLen}`);
  const tag = Buffer.from(tagOf(items)).toString("hex");
  if (quoted && !quoted.otherTag && tag !== quoted.tag)
    throw new Error(`program ${id} has the tag ${tag}, the article tells ${quoted.tag}`);
  return code;
}

function progCode(id: number, { bytes }: Assembled, btf: BookBtf): ProgCode {
  const described = id === BTF_PROGRAM;
  return {
    xlated: bytes,
    funcInfo: described ? btf.funcInfo : new Uint8Array(),
    funcInfoRecSize: described ? FUNC_INFO_SIZE : 0,
    lineInfo: described ? btf.lineInfo : new Uint8Array(),
    lineInfoRecSize: described ? LINE_INFO_SIZE : 0,
    jitedKsyms: [],
    jitedFuncLens: [],
  };
}

function progRecord(program: BookProgram, { bytes }: Assembled): ProgRecord {
  const { id, type, name, loadedAt, jitedLen, mapIds, btfId = 0, text, quoted } = program;
  return {
    ...{ id, type, name, jitedLen, mapIds, btfId },
    tag: (quoted && parseHex(quoted.tag)) ?? tagOf(parse(text)),
    gplCompatible: true,
    loadTime: BigInt(Date.parse(loadedAt)) * NS_PER_MS + LOAD_FRACTION - BOOT_TIME,
    uid: 0,
    orphaned: false,
    xlatedLen: bytes.length,
    nrFuncInfo: id === BTF_PROGRAM ? 1 : 0,
    runTimeNs: 0n,
    runCnt: 0n,
    recursionMisses: 0n,
    verifiedInsns: 0,
    attachBtfObjId: 0,
    attachBtfId: 0,
    memlock: "4096",
  };
}

function byId<T extends { readonly id: number }>(rows: readonly T[]): ReadonlyMap<number, T> {
  return new Map(rows.map((row) => [row.id, row]));
}

function one<T>(rows: ReadonlyMap<number, T>, id: number, kind: Parameters<typeof lookupError>[0]): T {
  const row = rows.get(id);
  if (row === undefined) throw lookupError(kind, id);
  return row;
}
