/** Programs of the running kernel. */
import { cString } from "../../bytes/text.ts";
import { syscallError } from "../../errors.ts";
import type { ProgCode, ProgImage, ProgRecord } from "../../model/records.ts";
import { PROG_INFO, PROG_INFO_NAME, PROG_INFO_SIZE, PROG_INFO_TAG } from "../../sys/info.ts";
import {
  decodeStruct,
  encodeStruct,
  type FieldReader,
  fieldReader,
  type StructOf,
} from "../../sys/struct.ts";
import type { Pointer, Syscalls } from "../../sys/syscalls.ts";
import { ENODEV } from "../../uapi/errno.ts";
import { deviceOf } from "./device.ts";
import { fdinfoField, readFdinfo } from "./fdinfo.ts";
import { infoCall, objectInfo } from "./objects.ts";

type ProgInfo = StructOf<typeof PROG_INFO>;

/** Room for the map ids of nearly every program, so that one call tells all. */
const USUAL_MAP_IDS = 64;

/** What fdinfo tells is left out, unless `memlock` gives or reads it. */
export type ProgReader = (fd: number, id: number, memlock?: () => string | undefined) => ProgRecord;

/** ProgRecord.memlock. */
export function readMemlock(sys: Syscalls, fd: number): string | undefined {
  return fdinfoField(readFdinfo(sys, fd), "\nmemlock:");
}

/** Reads one program after the other into the same buffers. */
export function progReader(sys: Syscalls): ProgReader {
  const text = Buffer.allocUnsafeSlow(PROG_INFO_SIZE);
  const bytes = new Uint8Array(text.buffer).fill(0);
  const info = fieldReader(bytes);
  const usualMapIds = new Uint32Array(USUAL_MAP_IDS);
  encodeStruct(PROG_INFO, bytes, { nrMapIds: USUAL_MAP_IDS });
  const ask = infoCall(sys, bytes, [mapIdsPointer(bytes, usualMapIds)]);
  return (fd, id, memlockOf) => {
    let mapIds = usualMapIds;
    let status = ask(fd);
    const nrMapIds = info(PROG_INFO.nrMapIds);
    if (nrMapIds > mapIds.length) {
      mapIds = new Uint32Array(nrMapIds);
      status = askMapIds(sys, fd, bytes, mapIds);
    }
    const orphaned = status === -ENODEV;
    if (status < 0 && !orphaned) throw syscallError(`can't get prog info (${id})`, -status);
    const memlock = memlockOf?.();
    // No spreads in here: V8 would keep so many properties as a hash table, at three times the price.
    const record: { -readonly [K in keyof ProgRecord]: ProgRecord[K] } = {
      id,
      type: info(PROG_INFO.type),
      tag: bytes.slice(PROG_INFO_TAG.offset, PROG_INFO_TAG.offset + PROG_INFO_TAG.size),
      name: cString(text, PROG_INFO_NAME.offset, PROG_INFO_NAME.offset + PROG_INFO_NAME.size),
      gplCompatible: (info(PROG_INFO.bits) & 1) === 1,
      loadTime: info(PROG_INFO.loadTime),
      uid: info(PROG_INFO.uid),
      // Of a program whose device is gone the kernel says nothing: the struct comes back as it went.
      mapIds: orphaned ? [] : firstOf(mapIds, nrMapIds),
      orphaned,
      xlatedLen: info(PROG_INFO.xlatedLen),
      jitedLen: info(PROG_INFO.jitedLen),
      btfId: info(PROG_INFO.btfId),
      nrFuncInfo: info(PROG_INFO.nrFuncInfo),
      runTimeNs: info(PROG_INFO.runTimeNs),
      runCnt: info(PROG_INFO.runCnt),
      recursionMisses: info(PROG_INFO.recursionMisses),
      verifiedInsns: info(PROG_INFO.verifiedInsns),
      attachBtfObjId: info(PROG_INFO.attachBtfObjId),
      attachBtfId: info(PROG_INFO.attachBtfId),
    };
    if (memlock !== undefined) record.memlock = memlock;
    return info(PROG_INFO.ifindex) === 0
      ? record
      : { ...record, ...deviceOf(sys, decodeStruct(PROG_INFO, bytes)) };
  };
}

/** Without the iterators of Array.from: most programs have few. */
function firstOf(ids: Uint32Array, count: number): number[] {
  const first: number[] = [];
  for (let i = 0; i < count; i++) first.push(ids[i] as number);
  return first;
}

function askMapIds(sys: Syscalls, fd: number, info: Uint8Array, mapIds: Uint32Array): number {
  info.fill(0);
  encodeStruct(PROG_INFO, info, { nrMapIds: mapIds.length });
  return objectInfo(sys, fd, info, [mapIdsPointer(info, mapIds)]);
}

function mapIdsPointer(info: Uint8Array, mapIds: Uint32Array): Pointer {
  return { holder: info, offset: PROG_INFO.mapIds.offset, target: new Uint8Array(mapIds.buffer) };
}

/** Arrays that OBJ_GET_INFO_BY_FD fills: the fields of the pointer, of the count, and of one element's size. */
const ARRAYS = {
  xlated: { pointer: "xlatedInsns", count: "xlatedLen", element: 1 },
  jited: { pointer: "jitedInsns", count: "jitedLen", element: 1 },
  funcInfo: { pointer: "funcInfo", count: "nrFuncInfo", element: "funcInfoRecSize" },
  lineInfo: { pointer: "lineInfo", count: "nrLineInfo", element: "lineInfoRecSize" },
  jitedLineInfo: { pointer: "jitedLineInfo", count: "nrJitedLineInfo", element: "jitedLineInfoRecSize" },
  jitedKsyms: { pointer: "jitedKsyms", count: "nrJitedKsyms", element: 8 },
  jitedFuncLens: { pointer: "jitedFuncLens", count: "nrJitedFuncLens", element: 4 },
} as const satisfies Record<string, InfoArray>;

interface InfoArray {
  readonly pointer:
    | "xlatedInsns"
    | "jitedInsns"
    | "funcInfo"
    | "lineInfo"
    | "jitedLineInfo"
    | "jitedKsyms"
    | "jitedFuncLens";
  readonly count: NumberField;
  readonly element: number | NumberField;
}

type NumberField = { [K in keyof ProgInfo]: ProgInfo[K] extends number ? K : never }[keyof ProgInfo];
type ArrayName = keyof typeof ARRAYS;

/**
 * The bytes of some arrays: one call tells their sizes, a second fills them (bpftool prog.c:prep_prog_info). Empty where
 * the kernel hides one, which it tells by a null pointer.
 */
function fetchArrays<const Name extends ArrayName>(
  sys: Syscalls,
  fd: number,
  names: readonly Name[],
): { info: FieldReader; bytes: Record<Name, Uint8Array> } {
  const struct = new Uint8Array(PROG_INFO_SIZE);
  const info = fieldReader(struct);
  ask(sys, fd, struct, []);
  const request: Partial<ProgInfo> = {};
  const buffers = names.map((name) => {
    const { pointer, count, element }: InfoArray = ARRAYS[name];
    request[count] = info(PROG_INFO[count]);
    if (typeof element !== "number") request[element] = info(PROG_INFO[element]);
    const target = new Uint8Array(info(PROG_INFO[count]) * sizeOf(element, info));
    return { name, pointer, target };
  });
  struct.fill(0);
  encodeStruct(PROG_INFO, struct, request);
  const pointers = buffers
    .filter(({ target }) => target.length > 0)
    .map(({ pointer, target }) => ({ holder: struct, offset: PROG_INFO[pointer].offset, target }));
  ask(sys, fd, struct, pointers);
  const bytes = buffers.map(({ name, pointer, target }) => {
    const { count, element }: InfoArray = ARRAYS[name];
    return [
      name,
      target.subarray(
        0,
        info(PROG_INFO[pointer]) === 0n ? 0 : info(PROG_INFO[count]) * sizeOf(element, info),
      ),
    ] as const;
  });
  return { info, bytes: Object.fromEntries(bytes) as Record<Name, Uint8Array> };
}

function sizeOf(element: InfoArray["element"], info: FieldReader): number {
  return typeof element === "number" ? element : info(PROG_INFO[element]);
}

function ask(sys: Syscalls, fd: number, info: Uint8Array, pointers: readonly Pointer[]): void {
  const status = objectInfo(sys, fd, info, pointers);
  if (status < 0) throw syscallError("can't get prog info", -status);
}

export function readCode(sys: Syscalls, fd: number): ProgCode {
  const { info, bytes } = fetchArrays(sys, fd, [
    "xlated",
    "funcInfo",
    "lineInfo",
    "jitedKsyms",
    "jitedFuncLens",
  ]);
  const { xlated, funcInfo, lineInfo, jitedKsyms, jitedFuncLens } = bytes;
  return {
    xlated,
    funcInfo,
    funcInfoRecSize: info(PROG_INFO.funcInfoRecSize),
    lineInfo,
    lineInfoRecSize: info(PROG_INFO.lineInfoRecSize),
    jitedKsyms: Array.from(new BigUint64Array(jitedKsyms.slice().buffer)),
    jitedFuncLens: Array.from(new Uint32Array(jitedFuncLens.slice().buffer)),
  };
}

/** undefined where the program is not compiled, or the kernel hides the image. */
export function readImage(sys: Syscalls, fd: number): ProgImage | undefined {
  const { info, bytes } = fetchArrays(sys, fd, ["jited", "jitedLineInfo"]);
  const { jited, jitedLineInfo } = bytes;
  if (jited.length === 0) return undefined;
  return { jited, jitedLineInfo, jitedLineInfoRecSize: info(PROG_INFO.jitedLineInfoRecSize) };
}
