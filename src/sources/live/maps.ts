/** Maps of the running kernel. */
import { cString } from "../../bytes/text.ts";
import { syscallError } from "../../errors.ts";
import type { MapInfo, MapRecord } from "../../model/records.ts";
import { MAP_INFO, MAP_INFO_NAME, MAP_INFO_SIZE } from "../../sys/info.ts";
import { decodeStruct, fieldReader } from "../../sys/struct.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { deviceOf } from "./device.ts";
import { fdinfoField, readFdinfo } from "./fdinfo.ts";
import { infoCall } from "./objects.ts";

export function readMap(sys: Syscalls, readInfo: MapInfoReader, fd: number, id: number): MapRecord {
  const info = readInfo(fd, id);
  const fdinfo = readFdinfo(sys, fd);
  const memlock = fdinfoField(fdinfo, "\nmemlock:");
  return {
    ...info,
    ...(memlock !== undefined && { memlock }),
    frozen: fdinfoField(fdinfo, "\nfrozen:") === "1",
    ...ownerOf(fdinfo),
  };
}

export type MapInfoReader = (fd: number, id: number) => MapInfo;

/** Reads one map after the other into the same buffer. */
export function mapInfoReader(sys: Syscalls): MapInfoReader {
  const text = Buffer.allocUnsafeSlow(MAP_INFO_SIZE);
  const bytes = new Uint8Array(text.buffer).fill(0);
  const info = fieldReader(bytes);
  const ask = infoCall(sys, bytes);
  return (fd, id) => {
    const status = ask(fd);
    if (status < 0) throw syscallError(`can't get map info (${id})`, -status);
    const vmlinuxId = info(MAP_INFO.btfVmlinuxId);
    // No spreads in here, as in progs.ts.
    const map: { -readonly [K in keyof MapInfo]: MapInfo[K] } = {
      id: info(MAP_INFO.id),
      type: info(MAP_INFO.type),
      name: cString(text, MAP_INFO_NAME.offset, MAP_INFO_NAME.offset + MAP_INFO_NAME.size),
      flags: info(MAP_INFO.flags),
      keySize: info(MAP_INFO.keySize),
      valueSize: info(MAP_INFO.valueSize),
      maxEntries: info(MAP_INFO.maxEntries),
      btfId: info(MAP_INFO.btfId),
      btfKeyTypeId: info(MAP_INFO.btfKeyTypeId),
      btfValueTypeId: info(MAP_INFO.btfValueTypeId),
      btfVmlinuxValueTypeId: info(MAP_INFO.btfVmlinuxValueTypeId),
      mapExtra: info(MAP_INFO.mapExtra),
    };
    if (vmlinuxId !== 0) map.btfVmlinuxId = vmlinuxId;
    return info(MAP_INFO.ifindex) === 0 ? map : { ...map, ...deviceOf(sys, decodeStruct(MAP_INFO, bytes)) };
  };
}

/** A prog_array takes programs of one type, once it has taken the first. */
function ownerOf(fdinfo: string): Pick<MapRecord, "ownerProgType" | "ownerJited"> {
  const type = fdinfoField(fdinfo, "\nowner_prog_type:");
  const jited = fdinfoField(fdinfo, "\nowner_jited:");
  return {
    ...(type !== undefined && { ownerProgType: Number(type) }),
    ...(jited !== undefined && { ownerJited: jited !== "0" }),
  };
}
