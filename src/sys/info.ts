/** The info structs of BPF_OBJ_GET_INFO_BY_FD (include/uapi/linux/bpf.h of Linux 6.18). */
import { u32, u64 } from "./struct.ts";

export const PROG_INFO_SIZE = 232;
/** tag: 8 bytes at 8; name: 16 bytes at 64. */
export const PROG_INFO = {
  type: u32(0),
  id: u32(4),
  jitedLen: u32(16),
  xlatedLen: u32(20),
  jitedInsns: u64(24),
  xlatedInsns: u64(32),
  loadTime: u64(40),
  uid: u32(48),
  nrMapIds: u32(52),
  mapIds: u64(56),
  ifindex: u32(80),
  /** Bit 0: gpl_compatible. */
  bits: u32(84),
  netnsDev: u64(88),
  netnsIno: u64(96),
  nrJitedKsyms: u32(104),
  nrJitedFuncLens: u32(108),
  jitedKsyms: u64(112),
  jitedFuncLens: u64(120),
  btfId: u32(128),
  funcInfoRecSize: u32(132),
  funcInfo: u64(136),
  nrFuncInfo: u32(144),
  nrLineInfo: u32(148),
  lineInfo: u64(152),
  jitedLineInfo: u64(160),
  nrJitedLineInfo: u32(168),
  lineInfoRecSize: u32(172),
  jitedLineInfoRecSize: u32(176),
  runTimeNs: u64(192),
  runCnt: u64(200),
  recursionMisses: u64(208),
  verifiedInsns: u32(216),
  attachBtfObjId: u32(220),
  attachBtfId: u32(224),
};

export const MAP_INFO_SIZE = 104;
/** name: 16 bytes at 24. */
export const MAP_INFO = {
  type: u32(0),
  id: u32(4),
  keySize: u32(8),
  valueSize: u32(12),
  maxEntries: u32(16),
  flags: u32(20),
  ifindex: u32(40),
  btfVmlinuxValueTypeId: u32(44),
  netnsDev: u64(48),
  netnsIno: u64(56),
  btfId: u32(64),
  btfKeyTypeId: u32(68),
  btfValueTypeId: u32(72),
  btfVmlinuxId: u32(76),
  mapExtra: u64(80),
};

/** Both names are 16 bytes, NUL included, and start here. */
export const PROG_INFO_TAG = { offset: 8, size: 8 } as const;
export const PROG_INFO_NAME = { offset: 64, size: 16 } as const;
export const MAP_INFO_NAME = { offset: 24, size: 16 } as const;

export const BTF_INFO_SIZE = 32;
export const BTF_INFO = {
  btf: u64(0),
  btfSize: u32(8),
  id: u32(12),
  name: u64(16),
  nameLen: u32(24),
  kernelBtf: u32(28),
};

/** libbpf and bpftool pass 64 bytes. */
export const LINK_INFO_SIZE = 64;
export const LINK_INFO = { type: u32(0), id: u32(4), progId: u32(8) };
