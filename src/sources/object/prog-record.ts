/** The record of a program that no kernel has seen: nothing has been counted or compiled. */
import type { ProgRecord } from "../../model/records.ts";
import { PROG_TYPE } from "../../uapi/prog-types.ts";

/** What is known of it anyhow. */
type Known = Pick<ProgRecord, "id" | "tag" | "xlatedLen">;

export function unloadedProg(known: Known & Partial<ProgRecord>): ProgRecord {
  return {
    type: PROG_TYPE.unspec,
    name: "",
    gplCompatible: false,
    loadTime: 0n,
    uid: 0,
    mapIds: [],
    orphaned: false,
    jitedLen: 0,
    btfId: 0,
    nrFuncInfo: 0,
    runTimeNs: 0n,
    runCnt: 0n,
    recursionMisses: 0n,
    verifiedInsns: 0,
    attachBtfObjId: 0,
    attachBtfId: 0,
    ...known,
  };
}
