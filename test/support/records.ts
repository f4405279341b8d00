/** Records with every field, of which a test names those that matter to it. */
import type {
  BtfRecord,
  HostRecord,
  LinkDetail,
  LinkRecord,
  MapRecord,
  PerfRecord,
  ProgCode,
  ProgRecord,
} from "../../src/model/records.ts";

export function hostRecord(fields: Partial<HostRecord> = {}): HostRecord {
  return {
    bootTime: 1_795_000_000_000_000_000n,
    release: "6.18.0",
    machine: "x86_64",
    littleEndian: true,
    possibleCpus: 2,
    ...fields,
  };
}

export function progRecord(fields: Partial<ProgRecord> & { readonly id: number }): ProgRecord {
  return {
    type: 6,
    tag: Uint8Array.of(0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef),
    name: "",
    gplCompatible: false,
    loadTime: 0n,
    uid: 0,
    mapIds: [],
    orphaned: false,
    xlatedLen: 0,
    jitedLen: 0,
    btfId: 0,
    nrFuncInfo: 0,
    runTimeNs: 0n,
    runCnt: 0n,
    recursionMisses: 0n,
    verifiedInsns: 0,
    attachBtfObjId: 0,
    attachBtfId: 0,
    ...fields,
  };
}

export function progCode(fields: Partial<ProgCode> = {}): ProgCode {
  return {
    xlated: new Uint8Array(),
    funcInfo: new Uint8Array(),
    funcInfoRecSize: 8,
    lineInfo: new Uint8Array(),
    lineInfoRecSize: 16,
    jitedKsyms: [],
    jitedFuncLens: [],
    ...fields,
  };
}

export function mapRecord(fields: Partial<MapRecord> & { readonly id: number }): MapRecord {
  return {
    type: 1,
    name: "",
    flags: 0,
    keySize: 4,
    valueSize: 4,
    maxEntries: 1,
    btfId: 0,
    btfKeyTypeId: 0,
    btfValueTypeId: 0,
    btfVmlinuxValueTypeId: 0,
    mapExtra: 0n,
    frozen: false,
    ...fields,
  };
}

export function btfRecord(fields: Partial<BtfRecord> & { readonly id: number }): BtfRecord {
  return { size: 0, name: "", kernel: false, ...fields };
}

export function linkRecord(id: number, type: number, progId: number, detail: LinkDetail): LinkRecord {
  return { id, type, progId, detail };
}

export function perfRecord(fields: Partial<PerfRecord>): PerfRecord {
  return { pid: 1, fd: 0, progId: 0, fdType: 0, name: "", offset: 0n, addr: 0n, ...fields };
}
