/** The namespace of test/sources/data/net: answers of a real kernel. */
import fs from "node:fs";
import path from "node:path";
import type { MprogRecord } from "../../src/model/net-records.ts";
import type { Exchange, FakeNetns } from "./fake-network.ts";
import type { Machine } from "./memory-source.ts";
import { progRecord } from "./records.ts";

const FILE = path.resolve(import.meta.dirname, "../sources/data/net/veths.json");

interface Row extends Omit<Exchange, "datagrams"> {
  readonly datagrams: readonly string[];
}

const ROWS: readonly Row[] = JSON.parse(fs.readFileSync(FILE, "utf8"));
const [TCX_INGRESS, TCX_EGRESS] = [46, 47];
const [FIRST, SECOND] = [4792, 4793];

function tcx(attachType: number, progId: number): MprogRecord {
  return { attachType, progId, progFlags: 0, linkId: 0, linkFlags: 0 };
}

export const RECORDED_NETNS: FakeNetns = {
  ino: 4_026_532_246n,
  exchanges: ROWS.map(({ datagrams, ...key }) => ({
    ...key,
    datagrams: datagrams.map((hex) => new Uint8Array(Buffer.from(hex, "hex"))),
  })),
  mprogs: new Map([
    [1, [tcx(TCX_EGRESS, FIRST)]],
    [4, [tcx(TCX_INGRESS, FIRST), tcx(TCX_INGRESS, SECOND)]],
  ]),
  flowDissector: [4795],
};

/** Their names, as long as the kernel keeps them. */
export const RECORDED_MACHINE: Machine = {
  progs: [
    progRecord({ id: FIRST, name: "tc_first_with_l", fullName: "tc_first_with_long_name" }),
    progRecord({ id: SECOND, name: "tc_second" }),
  ],
};
