/** Parts of union bpf_attr (include/uapi/linux/bpf.h) that only make something: for probes. */
import { u32, u64 } from "./struct.ts";

/** What a probe needs of MAP_CREATE; no name. */
export const MAP_CREATE_ATTR = {
  type: u32(0),
  keySize: u32(4),
  valueSize: u32(8),
  maxEntries: u32(12),
  flags: u32(16),
  innerMapFd: u32(20),
  ifindex: u32(44),
  btfFd: u32(48),
  btfKeyTypeId: u32(52),
  btfValueTypeId: u32(56),
  btfVmlinuxValueTypeId: u32(60),
};
/** What a probe needs of PROG_LOAD; no name. */
export const PROG_LOAD_ATTR = {
  type: u32(0),
  insnCount: u32(4),
  insns: u64(8),
  license: u64(16),
  logLevel: u32(24),
  logSize: u32(28),
  logBuffer: u64(32),
  kernVersion: u32(40),
  flags: u32(44),
  ifindex: u32(64),
  expectedAttachType: u32(68),
  attachBtfId: u32(108),
};
export const PROG_LOAD_SIZE = 112;
export const BTF_LOAD_ATTR = { btf: u64(0), btfSize: u32(16) };
