/** struct_ops: a map's record as the kernel's struct, rows, and what stands for functions. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Btf } from "../../src/btf/btf.ts";
import { structNamed } from "../../src/btf/struct-named.ts";
import { planValue } from "../../src/btf/value-plan.ts";
import type { MapInfo } from "../../src/model/records.ts";
import { mapInfoJson } from "../../src/render/struct_ops/map-info.ts";
import { structOpsJson, structOpsPlain } from "../../src/render/struct_ops/show.ts";
import { BtfBuilder } from "../support/btf-builder.ts";
import { mapRecord } from "../support/records.ts";
import { jsonText, plainText } from "../support/rendered.ts";
import { KERNEL_BTF } from "../support/struct-ops-machine.ts";

const kernel = new Btf(KERNEL_BTF);
const kernelPlan = planValue(kernel, structNamed(kernel, "bpf_map_info") as number);

/** Every number another one. */
const MAP: MapInfo = mapRecord({
  id: 2,
  type: 1,
  name: "fifteen_letters",
  flags: 6,
  keySize: 3,
  valueSize: 4,
  maxEntries: 5,
  device: { ifindex: 7, netnsDev: 0xffff_ffff_ffff_fff8n, netnsIno: 9n },
  btfId: 10,
  btfKeyTypeId: 11,
  btfValueTypeId: 12,
  btfVmlinuxValueTypeId: 0xffff_fff3,
  btfVmlinuxId: 14,
  mapExtra: 15n << 60n,
});

const infoOf = (map: MapInfo, plan: Parameters<typeof mapInfoJson>[2]) =>
  jsonText((json) => mapInfoJson(json, map, plan, { plain: false }));

describe("mapInfoJson()", () => {
  test("is the kernel's struct, whether the source has it or not", () => {
    expect(infoOf(MAP, kernelPlan)).toBe(infoOf(MAP, undefined));
    expect(JSON.parse(infoOf(MAP, undefined))).toMatchObject({
      type: 1,
      id: 2,
      key_size: 3,
      value_size: 4,
      max_entries: 5,
      map_flags: 6,
      name: "fifteen_letters",
      ifindex: 7,
      btf_vmlinux_value_type_id: 4_294_967_283,
      btf_id: 10,
      btf_key_type_id: 11,
      btf_value_type_id: 12,
      btf_vmlinux_id: 14,
      hash_size: 0,
    });
    expect(infoOf(MAP, undefined)).toContain('"netns_dev":18446744073709551608,"netns_ino":9,');
    expect(infoOf(MAP, undefined)).toContain('"map_extra":17293822569102704640,');
  });

  test("members of a newer kernel are null, those of an older one all that is told", () => {
    const structOf = (size: number, littleEndian: boolean) => {
      const builder = new BtfBuilder();
      const u32 = builder.int("u32", 4);
      const members = (["type", "id", "key_size"] as const).map((name, i) => [name, u32, i * 32] as const);
      const id = builder.composite("STRUCT", "bpf_map_info", size, [
        ...members,
        ["newest", u32, size * 8 - 32],
      ]);
      return planValue(new Btf(builder.build(littleEndian)), id);
    };
    expect(infoOf(MAP, structOf(112, true))).toBe('{"type":1,"id":2,"key_size":3,"newest":null}');
    expect(infoOf(MAP, structOf(16, false))).toBe('{"type":1,"id":2,"key_size":3,"newest":4}');
  });

  test("any record", () => {
    const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
    const name = fc.string({ maxLength: 40 }).map((text) => Buffer.from(text, "utf8").toString("latin1"));
    fc.assert(
      fc.property(u32, u32, name, (id, flags, text) => {
        const map = { ...MAP, id, flags, name: text };
        expect(() => JSON.parse(infoOf(map, kernelPlan))).not.toThrow();
        expect(() => JSON.parse(infoOf(map, undefined))).not.toThrow();
      }),
    );
  });
});

describe("rows", () => {
  const row = { map: mapRecord({ id: 7, name: 'a"b' }), operations: "tcp_congestion_ops" };

  test("plain text is in columns, as bpftool has them", () => {
    expect(plainText((out) => structOpsPlain(out, row))).toBe(
      '7: a"b             tcp_congestion_ops              \n',
    );
    const long = { map: mapRecord({ id: 1, name: "n".repeat(16) }), operations: "o".repeat(33) };
    expect(plainText((out) => structOpsPlain(out, long))).toBe(`1: ${"n".repeat(16)} ${"o".repeat(33)}\n`);
  });

  test("JSON is escaped", () => {
    expect(jsonText((json) => structOpsJson(json, row))).toBe(
      '{"id":7,"name":"a\\"b","kernel_struct_ops":"tcp_congestion_ops"}',
    );
  });
});
