/** Maps of the running kernel. */
import { cString } from "../../bytes/text.ts";
import { syscallError } from "../../errors.ts";
import type { MapEntry, MapInfo, MapRecord } from "../../model/records.ts";
import { BPF, ELEM_ATTR, makeAttr } from "../../sys/attr.ts";
import { MAP_INFO, MAP_INFO_NAME, MAP_INFO_SIZE } from "../../sys/info.ts";
import { decodeStruct } from "../../sys/struct.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { isPerCpu } from "../../uapi/map-traits.ts";
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

export function readMapInfo(sys: Syscalls, fd: number, id: number): MapInfo {
  const bytes = new Uint8Array(MAP_INFO_SIZE);
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

/** Keys whose value cannot be read are left out: empty slots, entries deleted meanwhile. */
export function* readEntries(
  sys: Syscalls,
  fd: number,
  map: MapInfo,
  cpus: number,
  limit: number,
): Generator<MapEntry> {
  const valueSize = isPerCpu(map.type) ? Math.ceil(map.valueSize / 8) * 8 * cpus : map.valueSize;
  if (map.keySize === 0) return; // queues, stacks and ring buffers have no keys to walk
  let previous: Uint8Array | undefined;
  // A map that changes may send the walk around again; every key can come once for each slot at most.
  for (let steps = 0, count = 0; count < limit && steps <= map.maxEntries; steps++) {
    const key = new Uint8Array(map.keySize);
    const next = makeAttr(ELEM_ATTR, { mapFd: fd });
    const status = sys.bpf(BPF.MAP_GET_NEXT_KEY, next, [
      ...(previous ? [{ holder: next, offset: ELEM_ATTR.key.offset, target: previous }] : []),
      { holder: next, offset: ELEM_ATTR.value.offset, target: key },
    ]);
    if (status < 0) return;
    const value = lookup(sys, fd, key, valueSize);
    if (value) {
      yield { key, value };
      count++;
    }
    previous = key;
  }
}

function lookup(sys: Syscalls, fd: number, key: Uint8Array, valueSize: number): Uint8Array | undefined {
  const attr = makeAttr(ELEM_ATTR, { mapFd: fd });
  const value = new Uint8Array(valueSize);
  const status = sys.bpf(BPF.MAP_LOOKUP_ELEM, attr, [
    { holder: attr, offset: ELEM_ATTR.key.offset, target: key },
    { holder: attr, offset: ELEM_ATTR.value.offset, target: value },
  ]);
  return status < 0 ? undefined : value;
}
