/** Programs of the running kernel. */
import { cString } from "../../bytes/text.ts";
import { syscallError } from "../../errors.ts";
import type { ProgCode, ProgImage, ProgRecord } from "../../model/records.ts";
import { PROG_INFO, PROG_INFO_NAME, PROG_INFO_SIZE, PROG_INFO_TAG } from "../../sys/info.ts";
import { decodeStruct, encodeStruct, type StructOf } from "../../sys/struct.ts";
import type { Pointer, Syscalls } from "../../sys/syscalls.ts";
import { ENODEV } from "../../uapi/errno.ts";
import { deviceOf } from "./device.ts";
import { readFdinfo } from "./fdinfo.ts";
import { objectInfo } from "./objects.ts";

type ProgInfo = StructOf<typeof PROG_INFO>;

/** Room for the map ids of nearly every program, so that one call tells all. */
const USUAL_MAP_IDS = 64;

export function readProg(sys: Syscalls, fd: number, id: number): ProgRecord {
  const bytes = new Uint8Array(PROG_INFO_SIZE);
  let mapIds = new Uint32Array(USUAL_MAP_IDS);
  let status = askMapIds(sys, fd, bytes, mapIds);
  let info = decodeStruct(PROG_INFO, bytes);
  if (info.nrMapIds > mapIds.length) {
    mapIds = new Uint32Array(info.nrMapIds);
    status = askMapIds(sys, fd, bytes, mapIds);
    info = decodeStruct(PROG_INFO, bytes);
  }
  const orphaned = status === -ENODEV;
  if (status < 0 && !orphaned) throw syscallError(`can't get prog info (${id})`, -status);
  const memlock = readFdinfo(sys, fd).get("memlock");
  return {
    id,
    type: info.type,
    tag: bytes.slice(PROG_INFO_TAG.offset, PROG_INFO_TAG.offset + PROG_INFO_TAG.size),
    name: cString(bytes, PROG_INFO_NAME.offset, PROG_INFO_NAME.offset + PROG_INFO_NAME.size),
    gplCompatible: (info.bits & 1) === 1,
    loadTime: info.loadTime,
    uid: info.uid,
    // Of a program whose device is gone the kernel says nothing: the struct comes back as it went.
    mapIds: orphaned ? [] : Array.from(mapIds.subarray(0, info.nrMapIds)),
    ...deviceOf(sys, info),
    orphaned,
    xlatedLen: info.xlatedLen,
    jitedLen: info.jitedLen,
    btfId: info.btfId,
    nrFuncInfo: info.nrFuncInfo,
    runTimeNs: info.runTimeNs,
    runCnt: info.runCnt,
    recursionMisses: info.recursionMisses,
    verifiedInsns: info.verifiedInsns,
    attachBtfObjId: info.attachBtfObjId,
    attachBtfId: info.attachBtfId,
    ...(memlock !== undefined && { memlock }),
  };
}

function askMapIds(sys: Syscalls, fd: number, info: Uint8Array, mapIds: Uint32Array): number {
  info.fill(0);
  encodeStruct(PROG_INFO, info, { nrMapIds: mapIds.length });
  return objectInfo(sys, fd, info, [pointer(info, "mapIds", mapIds)]);
}

function pointer(
  holder: Uint8Array,
  field: keyof typeof PROG_INFO,
  target: Uint8Array | Uint32Array | BigUint64Array,
): Pointer {
  const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  return { holder, offset: PROG_INFO[field].offset, target: bytes };
}

/** Sizes first, then a second call with room for all that `request` names (bpftool prog.c:prep_prog_info). */
function ask(
  sys: Syscalls,
  fd: number,
  request: (sizes: ProgInfo) => Partial<ProgInfo>,
  buffers: (sizes: ProgInfo, info: Uint8Array) => Pointer[],
): ProgInfo {
  const info = new Uint8Array(PROG_INFO_SIZE);
  const first = objectInfo(sys, fd, info);
  if (first < 0) throw syscallError("can't get prog info", -first);
  const sizes = decodeStruct(PROG_INFO, info);
  info.fill(0);
  encodeStruct(PROG_INFO, info, request(sizes));
  const second = objectInfo(
    sys,
    fd,
    info,
    buffers(sizes, info).filter(({ target }) => target.length > 0),
  );
  if (second < 0) throw syscallError("can't get prog info", -second);
  return decodeStruct(PROG_INFO, info);
}

export function readCode(sys: Syscalls, fd: number): ProgCode {
  let xlated = new Uint8Array();
  let funcInfo = new Uint8Array();
  let lineInfo = new Uint8Array();
  let ksyms = new BigUint64Array();
  let lens = new Uint32Array();
  const info = ask(
    sys,
    fd,
    ({
      xlatedLen,
      nrFuncInfo,
      funcInfoRecSize,
      nrLineInfo,
      lineInfoRecSize,
      nrJitedKsyms,
      nrJitedFuncLens,
    }) => ({
      xlatedLen,
      nrFuncInfo,
      funcInfoRecSize,
      nrLineInfo,
      lineInfoRecSize,
      nrJitedKsyms,
      nrJitedFuncLens,
    }),
    (sizes, holder) => {
      xlated = new Uint8Array(sizes.xlatedLen);
      funcInfo = new Uint8Array(sizes.nrFuncInfo * sizes.funcInfoRecSize);
      lineInfo = new Uint8Array(sizes.nrLineInfo * sizes.lineInfoRecSize);
      ksyms = new BigUint64Array(sizes.nrJitedKsyms);
      lens = new Uint32Array(sizes.nrJitedFuncLens);
      return [
        pointer(holder, "xlatedInsns", xlated),
        pointer(holder, "funcInfo", funcInfo),
        pointer(holder, "lineInfo", lineInfo),
        pointer(holder, "jitedKsyms", ksyms),
        pointer(holder, "jitedFuncLens", lens),
      ];
    },
  );
  // A null pointer comes back where the kernel hides the instructions.
  const hidden = info.xlatedInsns === 0n;
  return {
    xlated: hidden ? new Uint8Array() : xlated.subarray(0, info.xlatedLen),
    funcInfo: funcInfo.subarray(0, info.nrFuncInfo * info.funcInfoRecSize),
    funcInfoRecSize: info.funcInfoRecSize,
    lineInfo: lineInfo.subarray(0, info.nrLineInfo * info.lineInfoRecSize),
    lineInfoRecSize: info.lineInfoRecSize,
    jitedKsyms: Array.from(ksyms.subarray(0, info.nrJitedKsyms)),
    jitedFuncLens: Array.from(lens.subarray(0, info.nrJitedFuncLens)),
  };
}

/** undefined where the kernel hides the image. */
export function readImage(sys: Syscalls, fd: number): ProgImage | undefined {
  let jited = new Uint8Array();
  let lines = new Uint8Array();
  const info = ask(
    sys,
    fd,
    ({ jitedLen, nrJitedLineInfo, jitedLineInfoRecSize }) => ({
      jitedLen,
      nrJitedLineInfo,
      jitedLineInfoRecSize,
    }),
    (sizes, holder) => {
      jited = new Uint8Array(sizes.jitedLen);
      lines = new Uint8Array(sizes.nrJitedLineInfo * sizes.jitedLineInfoRecSize);
      return [pointer(holder, "jitedInsns", jited), pointer(holder, "jitedLineInfo", lines)];
    },
  );
  if (info.jitedInsns === 0n || info.jitedLen === 0) return undefined;
  return {
    jited: jited.subarray(0, info.jitedLen),
    jitedLineInfo: lines.subarray(0, info.nrJitedLineInfo * info.jitedLineInfoRecSize),
    jitedLineInfoRecSize: info.jitedLineInfoRecSize,
  };
}
