/** Maps of the running kernel. */
import { cString } from "../../bytes/text.ts";
import { syscallError } from "../../errors.ts";
import type { MapInfo, MapRecord } from "../../model/records.ts";
import { MAP_INFO, MAP_INFO_NAME, MAP_INFO_SIZE } from "../../sys/info.ts";
import { decodeStruct } from "../../sys/struct.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { deviceOf } from "./device.ts";
import { fdinfoField, readFdinfo } from "./fdinfo.ts";
import { objectInfo } from "./objects.ts";

export function readMap(sys: Syscalls, fd: number, id: number): MapRecord {
  const info = readMapInfo(sys, fd, id);
  const fdinfo = readFdinfo(sys, fd);
  const memlock = fdinfoField(fdinfo, "memlock");
  return {
    ...info,
    ...(memlock !== undefined && { memlock }),
    frozen: fdinfoField(fdinfo, "frozen") === "1",
    ...ownerOf(fdinfo),
  };
}

/** Each map is read into it, and out of it at once. */
const INFO = new Uint8Array(new ArrayBuffer(MAP_INFO_SIZE));

export function readMapInfo(sys: Syscalls, fd: number, id: number): MapInfo {
  const bytes = INFO.fill(0);
  const status = objectInfo(sys, fd, bytes);
  if (status < 0) throw syscallError(`can't get map info (${id})`, -status);
  const info = decodeStruct(MAP_INFO, bytes);
  return {
    id: info.id,
    type: info.type,
    name: cString(bytes, MAP_INFO_NAME.offset, MAP_INFO_NAME.offset + MAP_INFO_NAME.size),
    flags: info.flags,
    keySize: info.keySize,
    valueSize: info.valueSize,
    maxEntries: info.maxEntries,
    ...deviceOf(sys, info),
    btfId: info.btfId,
    btfKeyTypeId: info.btfKeyTypeId,
    btfValueTypeId: info.btfValueTypeId,
    btfVmlinuxValueTypeId: info.btfVmlinuxValueTypeId,
    ...(info.btfVmlinuxId !== 0 && { btfVmlinuxId: info.btfVmlinuxId }),
    mapExtra: info.mapExtra,
  };
}

/** A prog_array takes programs of one type, once it has taken the first. */
function ownerOf(fdinfo: string): Pick<MapRecord, "ownerProgType" | "ownerJited"> {
  const type = fdinfoField(fdinfo, "owner_prog_type");
  const jited = fdinfoField(fdinfo, "owner_jited");
  return {
    ...(type !== undefined && { ownerProgType: Number(type) }),
    ...(jited !== undefined && { ownerJited: jited !== "0" }),
  };
}
