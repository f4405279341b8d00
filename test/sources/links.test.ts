/** Links of a kernel that answers field by field, from the system calls to what is printed. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LinkRecord } from "../../src/model/records.ts";
import { Registry } from "../../src/model/registry.ts";
import { linkView } from "../../src/model/views.ts";
import { linkJson, linkPlain } from "../../src/render/link/show.ts";
import { linkReader } from "../../src/sources/live/links.ts";
import { LINK_TYPE, LINK_TYPES } from "../../src/uapi/link-types.ts";
import { dataText } from "../support/data.ts";
import { memorySource } from "../support/memory-source.ts";
import { inspectErrorOf, valueOrInspectError } from "../support/outcome.ts";
import { progRecord } from "../support/records.ts";
import { jsonText, plainText } from "../support/rendered.ts";
import { CAPTURED_KALLSYMS, CAPTURED_LINKS } from "./captured-links.ts";
import {
  arraysAt,
  type KernelLink,
  type KernelOptions,
  kernelLink,
  linkKernel,
  textAt,
  u32At,
  u64At,
} from "./link-kernel.ts";

const TRACING = 26;

/** What all links of a kernel print. */
function printed(links: readonly LinkRecord[]) {
  const registry = new Registry(memorySource({ progs: [progRecord({ id: 1, type: TRACING })] }));
  const views = links.map((link) => linkView(registry, link, { pins: false }));
  return {
    plain: plainText((out) => {
      for (const view of views) linkPlain(out, view);
    }),
    json: jsonText((json) => {
      json.startArray();
      for (const view of views) linkJson(json, view);
      json.endArray();
    }),
  };
}

describe("every kind of link that bpftool 7.8.0 was given", () => {
  const kernel = linkKernel(CAPTURED_LINKS, { kallsyms: CAPTURED_KALLSYMS });
  const reader = linkReader(kernel.sys);
  const links = reader.all();
  const { plain, json } = printed(links);
  const recordedPlain = dataText(import.meta.url, "../render/data/link_all_kinds.txt");
  const recordedJson = dataText(import.meta.url, "../render/data/link_all_kinds.json.txt");

  test.each(links.map(({ id, type }) => [LINK_TYPES[type] ?? type, id] as const))("%s: link %i", (_, id) => {
    const lines = (text: string) => text.split(/(?<=\n)(?=\d+: )/).find((link) => link.startsWith(`${id}: `));
    expect(lines(plain)).toBe(lines(recordedPlain));
  });

  test("plain, byte for byte", () => expect(plain).toBe(recordedPlain));
  test("JSON, byte for byte", () => expect(`${json}\n`).toBe(recordedJson));

  test("one by one as all at once", () => {
    expect(links.map(({ id }) => reader.one(id))).toEqual(links);
  });

  test("descriptors are closed, and symbols read once for all of them", () => {
    expect(kernel.counts.open).toBe(0);
    expect(kernel.counts.kallsyms).toBe(1);
  });

  test("no link", () => {
    const error = inspectErrorOf(() => reader.one(99));
    expect(error.message).toBe("failed to get link with ID 99: No such file or directory");
    expect(error.status).toBe(254);
  });
});

describe("kprobe_multi", () => {
  const KALLSYMS = `${[
    "ffffffff81000100 t do_one",
    "ffffffff81000200 T sys_two",
    "ffffffff81000200 T __x64_sys_two",
    "ffffffff81000200 T __ia32_sys_two",
    "ffffffff81000300 T three",
    "ffffffffc0300010 t nf_four\t[nf_tables]",
    "ffffffffc0400000 t bpf_prog_five\t[bpf]",
  ].join("\n")}\n`;

  function multi(addrs: readonly bigint[], options: KernelOptions = { kallsyms: KALLSYMS }) {
    const cookies = addrs.map((_, i) => BigInt(i + 10));
    const link = kernelLink(9, LINK_TYPE.kprobe_multi, 5, arraysAt(24, { 16: addrs, 40: cookies }));
    const kernel = linkKernel([link], options);
    return { kernel, ...printed(linkReader(kernel.sys).all()) };
  }

  const rows = (plain: string) => plain.split("\n").slice(3, -1);

  test("an address without a symbol does not hide the others, and aliases are told", () => {
    const { plain, json } = multi([
      0xffffffff81000300n,
      0xffffffff90000000n,
      0xffffffff81000200n,
      0xffffffffc0300010n,
      0xffffffff80000000n,
    ]);
    expect(plain).toBe(
      `9: kprobe_multi  prog 5  
	kprobe.multi  func_cnt 5  
	addr             cookie           func [module]
	ffffffff80000000 e                (unknown)  
	ffffffff81000200 c                sys_two, __x64_sys_two, __ia32_sys_two  
	ffffffff81000300 a                three  
	ffffffff90000000 b                (unknown)  
	ffffffffc0300010 d                nf_four [nf_tables]  
`,
    );
    const unknown = (addr: bigint, cookie: number) =>
      `{"addr":${addr},"func":null,"module":null,"cookie":${cookie}}`;
    expect(json).toBe(
      `[{"id":9,"type":"kprobe_multi","prog_id":5,"retprobe":false,"func_cnt":5,"missed":0,"funcs":[${[
        unknown(0xffffffff80000000n, 14),
        `{"addr":${0xffffffff81000200n},"func":"sys_two","module":null,"aliases":["__x64_sys_two","__ia32_sys_two"],"cookie":12}`,
        `{"addr":${0xffffffff81000300n},"func":"three","module":null,"cookie":10}`,
        unknown(0xffffffff90000000n, 11),
        `{"addr":${0xffffffffc0300010n},"func":"nf_four","module":"nf_tables","cookie":13}`,
      ].join()}]}]`,
    );
  });

  test.each([
    ["behind a landing pad of x86", 4n, "do_one"],
    ["behind a prologue of arm64 with BTI", 8n, "do_one"],
    ["too far behind", 20n, "(unknown)"],
    ["at no multiple of four", 2n, "(unknown)"],
  ])("%s", (_, distance, name) => {
    expect(rows(multi([0xffffffff81000100n + distance]).plain)).toEqual([
      `\t${(0xffffffff81000100n + distance).toString(16)} a                ${name}  `,
    ]);
  });

  test.each([
    ["empty", ""],
    ["without addresses", "0000000000000000 T do_one\n0000000000000000 T sys_two\n"],
    ["not kallsyms", "hello\nworld\n\n\nfffffffffffffffff\n"],
    ["one endless line", "f".repeat(300_000)],
  ])("symbols are %s", (_, kallsyms) => {
    const { plain, json } = multi([0xffffffff81000100n], { kallsyms, pieceSize: 50_000 });
    expect(rows(plain)).toEqual(["\tffffffff81000100 a                (unknown)  "]);
    expect(JSON.parse(json)[0].funcs[0].func).toBe(null);
  });

  test("hidden addresses are not looked for", () => {
    const { kernel, plain } = multi([0n, 0n]);
    expect(rows(plain)).toEqual([
      "\t0000000000000000 a                (unknown)  ",
      "\t0000000000000000 b                (unknown)  ",
    ]);
    expect(kernel.counts.kallsyms).toBe(0);
  });

  test.each([1, 7, 64, 1 << 18])("symbols come in pieces of %i bytes", (pieceSize) => {
    const { plain } = multi([0xffffffff81000300n, 0xffffffffc0400000n], { kallsyms: KALLSYMS, pieceSize });
    expect(rows(plain)).toEqual([
      "\tffffffff81000300 a                three  ",
      "\tffffffffc0400000 b                bpf_prog_five [bpf]  ",
    ]);
  });

  test("a kernel without cookies of kprobe_multi", () => {
    const link = kernelLink(9, LINK_TYPE.kprobe_multi, 5, arraysAt(24, { 16: [1n, 2n] }), u32At(28, 1));
    const { plain } = printed(linkReader(linkKernel([link]).sys).all());
    expect(plain).toContain("kretprobe.multi  func_cnt 2  ");
    expect(rows(plain)).toEqual([
      "\t0000000000000001 0                (unknown)  ",
      "\t0000000000000002 0                (unknown)  ",
    ]);
  });
});

describe("names of devices", () => {
  const onDevice = (id: number, ifindex: number) =>
    kernelLink(id, LINK_TYPE.tcx, 5, u32At(16, ifindex), u32At(20, 46));
  const kernel = linkKernel(
    [onDevice(1, 2), onDevice(2, 2), onDevice(3, 9), onDevice(4, 9), onDevice(5, 0)],
    {
      devices: { 1: "lo", 2: "eth0" },
    },
  );

  test("each is looked for once", () => {
    const names = linkReader(kernel.sys)
      .all()
      .map(({ detail }) => (detail.kind === "tcx" ? detail.ifname : ""));
    expect(names).toEqual(["eth0", "eth0", undefined, undefined, undefined]);
    expect(kernel.counts.lists).toBe(2);
  });
});

describe("a kernel that answers anything", () => {
  const field = fc.oneof(
    fc.record({ at: fc.integer({ min: 3, max: 15 }), value: fc.integer() }),
    fc.record({ at: fc.constantFrom(4, 6, 12, 13), value: fc.integer({ min: 0, max: 5 }) }),
  );
  const link = fc.record({ type: fc.nat({ max: 20 }), fields: fc.array(field, { maxLength: 16 }) });

  test("is printed, or is an error", () => {
    fc.assert(
      fc.property(fc.array(link, { maxLength: 4 }), (links) => {
        const kernelLinks = links.map(({ type, fields }, i) =>
          kernelLink(i + 1, type, 1, ...fields.map(({ at, value }) => u32At(at * 4, value))),
        );
        const { sys, counts } = linkKernel(boundedCounts(kernelLinks), { kallsyms: CAPTURED_KALLSYMS });
        const outcome = valueOrInspectError(() => printed(linkReader(sys).all()));
        if (!(outcome instanceof Error)) expect(JSON.parse(outcome.json)).toHaveLength(links.length);
        expect(counts.open).toBe(0);
      }),
    );
  });

  /** Counts that are larger ask for buffers of megabytes, which is fine once, not in every run. */
  function boundedCounts(links: readonly KernelLink[]): KernelLink[] {
    const lower = (at: number) => (info: DataView) => {
      info.setUint32(at, info.getUint32(at, true) & 0xff, true);
      return 0;
    };
    const countOf: Readonly<Record<number, number>> = {
      [LINK_TYPE.kprobe_multi]: 24,
      [LINK_TYPE.uprobe_multi]: 52,
    };
    return links.map((one) => {
      const at = countOf[one.type];
      return at === undefined ? one : { ...one, fields: [...one.fields, lower(at)] };
    });
  }

  test("the info cannot be had", () => {
    const broken = kernelLink(1, LINK_TYPE.xdp, 5, () => -1);
    const kernel = linkKernel([broken]);
    expect(inspectErrorOf(() => linkReader(kernel.sys).all()).message).toBe(
      "can't get link info: Operation not permitted",
    );
    expect(kernel.counts.open).toBe(0);
  });

  test("a name may fill its buffer", () => {
    const long = "x".repeat(5000);
    const kernel = linkKernel([
      kernelLink(1, LINK_TYPE.raw_tracepoint, 5, textAt(16, 24, long), u64At(32, 1n)),
    ]);
    const [one] = linkReader(kernel.sys).all();
    expect(one?.detail).toEqual({ kind: "raw_tracepoint", tpName: long.slice(0, 4096), cookie: 1n });
  });
});
