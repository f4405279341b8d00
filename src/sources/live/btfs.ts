/** BTF objects of the running kernel. */
import { cString } from "../../bytes/text.ts";
import { syscallError } from "../../errors.ts";
import type { BtfRecord } from "../../model/records.ts";
import { BTF_INFO, BTF_INFO_SIZE } from "../../sys/info.ts";
import { decodeStruct, encodeStruct } from "../../sys/struct.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { objectInfo } from "./objects.ts";

const NAME_SIZE = 64;

export function readBtf(sys: Syscalls, fd: number): BtfRecord {
  const info = new Uint8Array(BTF_INFO_SIZE);
  const name = new Uint8Array(NAME_SIZE);
  encodeStruct(BTF_INFO, info, { nameLen: NAME_SIZE });
  const status = objectInfo(sys, fd, info, [{ holder: info, offset: BTF_INFO.name.offset, target: name }]);
  if (status < 0) throw syscallError("can't get BTF object info", -status);
  const { id, btfSize, kernelBtf } = decodeStruct(BTF_INFO, info);
  return { id, size: btfSize, name: cString(name), kernel: kernelBtf !== 0 };
}

export function readBtfBytes(sys: Syscalls, fd: number, size: number): Uint8Array {
  const info = new Uint8Array(BTF_INFO_SIZE);
  const bytes = new Uint8Array(size);
  encodeStruct(BTF_INFO, info, { btfSize: size });
  const status = objectInfo(sys, fd, info, [{ holder: info, offset: BTF_INFO.btf.offset, target: bytes }]);
  if (status < 0) throw syscallError("failed to get btf", -status);
  return bytes;
}
