import { describe, expect, test } from "vitest";
import { ELEM_ATTR, ID_ATTR, INFO_ATTR, makeAttr, OBJ_GET_ATTR, TASK_FD_ATTR } from "../../src/sys/attr.ts";
import {
  BTF_INFO,
  BTF_INFO_SIZE,
  LINK_INFO,
  LINK_INFO_SIZE,
  MAP_INFO,
  MAP_INFO_NAME,
  MAP_INFO_SIZE,
  PROG_INFO,
  PROG_INFO_NAME,
  PROG_INFO_SIZE,
  PROG_INFO_TAG,
} from "../../src/sys/info.ts";
import { decodeStruct, encodeStruct, type Layout, u32, u64 } from "../../src/sys/struct.ts";

describe("encodeStruct(), decodeStruct()", () => {
  const LAYOUT = { small: u32(4), large: u64(8) };

  test("they are each other's inverse, and leave other bytes alone", () => {
    const bytes = new Uint8Array(20).fill(0xaa);
    encodeStruct(LAYOUT, bytes, { small: 0xfedcba98, large: 0xffff_ffff_ffff_fffen });
    expect(decodeStruct(LAYOUT, bytes)).toEqual({ small: 0xfedcba98, large: 0xffff_ffff_ffff_fffen });
    expect([...bytes.subarray(0, 4), ...bytes.subarray(16)]).toEqual(new Array(8).fill(0xaa));
  });

  test("fields that are not given stay", () => {
    const bytes = new Uint8Array(16).fill(1);
    encodeStruct(LAYOUT, bytes, { small: 2 });
    expect(decodeStruct(LAYOUT, bytes)).toEqual({ small: 2, large: 0x0101010101010101n });
  });

  test("they work on a view that does not start at the buffer's start", () => {
    const whole = new Uint8Array(24);
    encodeStruct(LAYOUT, whole.subarray(8), { small: 7 });
    expect(whole[12]).toBe(7);
  });
});

/** Section 21.4 of the inventory: offset:size in the kernel's structs. */
const OFFSETS: readonly (readonly [name: string, layout: Layout, size: number, fields: string])[] = [
  [
    "bpf_prog_info",
    PROG_INFO,
    PROG_INFO_SIZE,
    "type 0:4, id 4:4, jitedLen 16:4, xlatedLen 20:4, jitedInsns 24:8, xlatedInsns 32:8, loadTime 40:8, uid 48:4, nrMapIds 52:4, mapIds 56:8, ifindex 80:4, bits 84:4, netnsDev 88:8, netnsIno 96:8, nrJitedKsyms 104:4, nrJitedFuncLens 108:4, jitedKsyms 112:8, jitedFuncLens 120:8, btfId 128:4, funcInfoRecSize 132:4, funcInfo 136:8, nrFuncInfo 144:4, nrLineInfo 148:4, lineInfo 152:8, jitedLineInfo 160:8, nrJitedLineInfo 168:4, lineInfoRecSize 172:4, jitedLineInfoRecSize 176:4, runTimeNs 192:8, runCnt 200:8, recursionMisses 208:8, verifiedInsns 216:4, attachBtfObjId 220:4, attachBtfId 224:4",
  ],
  [
    "bpf_map_info",
    MAP_INFO,
    MAP_INFO_SIZE,
    "type 0:4, id 4:4, keySize 8:4, valueSize 12:4, maxEntries 16:4, flags 20:4, ifindex 40:4, btfVmlinuxValueTypeId 44:4, netnsDev 48:8, netnsIno 56:8, btfId 64:4, btfKeyTypeId 68:4, btfValueTypeId 72:4, btfVmlinuxId 76:4, mapExtra 80:8",
  ],
  [
    "bpf_btf_info",
    BTF_INFO,
    BTF_INFO_SIZE,
    "btf 0:8, btfSize 8:4, id 12:4, name 16:8, nameLen 24:4, kernelBtf 28:4",
  ],
  ["bpf_link_info", LINK_INFO, LINK_INFO_SIZE, "type 0:4, id 4:4, progId 8:4"],
];
const SIZES: Readonly<Record<string, number>> = {
  bpf_prog_info: 232,
  bpf_map_info: 104,
  bpf_btf_info: 32,
  bpf_link_info: 64,
};

describe("layouts of the kernel's structs", () => {
  test.each(OFFSETS)("%s", (name, layout, size, fields) => {
    const ours = Object.entries(layout).map(([field, place]) => `${field} ${place.offset}:${place.size}`);
    expect(ours.join(", ")).toBe(fields);
    expect(size).toBe(SIZES[name]);
  });

  test("names and tags", () => {
    expect([PROG_INFO_TAG, PROG_INFO_NAME, MAP_INFO_NAME]).toEqual([
      { offset: 8, size: 8 },
      { offset: 64, size: 16 },
      { offset: 24, size: 16 },
    ]);
  });

  test("makeAttr() has the size that the kernel reads for each command", () => {
    const sizes = [ID_ATTR, INFO_ATTR, OBJ_GET_ATTR, ELEM_ATTR, TASK_FD_ATTR].map(
      (layout: Layout) => makeAttr(layout, {}).length,
    );
    expect(sizes).toEqual([12, 16, 16, 32, 48]);
    expect([...makeAttr(ID_ATTR, { id: 0x01020304 })]).toEqual([4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});
