/** A machine with two struct_ops maps, from what was recorded in test/cli/data/struct-ops. */
import { parseHex } from "../../src/bytes/hex.ts";
import { BtfBuilder } from "./btf-builder.ts";
import { dataFile, dataText } from "./data.ts";
import { u32s } from "./insns.ts";
import type { Machine } from "./memory-source.ts";
import { btfRecord, mapRecord, progCode, progRecord } from "./records.ts";

const DATA = "../cli/data/struct-ops";
const STRUCT_OPS_PROG = 27;
const PROG_BTF = 2746;

/** The type of the values: here, and in the kernel that was recorded. */
export const VALUE_TYPE = { here: 9, recorded: 43_261 } as const;
export const KERNEL_BTF = dataFile(import.meta.url, `${DATA}/vmlinux-part.btf`);
export const MAP_IDS = { sa_cc: 10_607, sa_cc_link: 10_608 } as const;

const FUNCTIONS = ["sa_ssthresh", "sa_cong_avoid_with_a_long_name", "sa_undo", "sa_init"];
const FIRST_PROG = 83_603;

const builder = new BtfBuilder();
const VOID = 0;
const funcs = FUNCTIONS.map((name) => builder.func(name, VOID, []));
const progBtf = builder.build();

function valueBytes(name: string): Uint8Array {
  return parseHex(dataText(import.meta.url, `${DATA}/${name}.value.hex.txt`).trim()) as Uint8Array;
}

/** What bpftool printed, with this machine's id of the type. */
export function recordedOps(file: string): string {
  return dataText(import.meta.url, `${DATA}/${file}`).replaceAll(
    String(VALUE_TYPE.recorded),
    String(VALUE_TYPE.here),
  );
}

export const STRUCT_OPS_MACHINE: Machine = {
  progs: FUNCTIONS.map((name, i) =>
    progRecord({
      id: FIRST_PROG + i,
      type: STRUCT_OPS_PROG,
      name: name.slice(0, 15),
      btfId: PROG_BTF,
      nrFuncInfo: 1,
    }),
  ),
  code: new Map(funcs.map((func, i) => [FIRST_PROG + i, progCode({ funcInfo: u32s(0, func) })])),
  maps: [
    mapRecord({ id: 25, name: "hash" }),
    ...Object.entries(MAP_IDS).map(([name, id]) =>
      mapRecord({
        id,
        type: 26,
        name,
        flags: name === "sa_cc_link" ? 0x2000 : 0,
        valueSize: 256,
        btfId: PROG_BTF,
        btfVmlinuxValueTypeId: VALUE_TYPE.here,
        btfVmlinuxId: 1,
      }),
    ),
  ],
  entries: new Map(
    Object.entries(MAP_IDS).map(([name, id]) => [id, [{ key: u32s(0), value: valueBytes(name) }]]),
  ),
  btfs: [
    btfRecord({ id: 1, size: KERNEL_BTF.length, name: "vmlinux", kernel: true }),
    btfRecord({ id: PROG_BTF, size: progBtf.length }),
  ],
  blobs: new Map([
    [1, KERNEL_BTF],
    [PROG_BTF, progBtf],
  ]),
};
