/** Probes of features, on kernels that can do this or that. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Answer, FeatureRecord, FeatureRequest } from "../../src/model/feature-records.ts";
import { MISC_FEATURES } from "../../src/model/feature-records.ts";
import { kernelVersion } from "../../src/sources/live/probes/kernel-version.ts";
import { probeFeatures } from "../../src/sources/live/probes/probe.ts";
import { BPF } from "../../src/sys/attr.ts";
import { UNLIMITED } from "../../src/sys/own-process.ts";
import type { Syscalls } from "../../src/sys/syscalls.ts";
import type { CapabilityName } from "../../src/uapi/capabilities.ts";
import { ATTACH_TYPES } from "../../src/uapi/attach-types.ts";
import { EAGAIN, EINVAL, EPERM } from "../../src/uapi/errno.ts";
import { HELPERS } from "../../src/uapi/helpers.ts";
import { MAP_TYPE, MAP_TYPES } from "../../src/uapi/map-types.ts";
import { PROG_TYPE, PROG_TYPES } from "../../src/uapi/prog-types.ts";
import { inspectErrorOf } from "../support/outcome.ts";
import { ALL_CAPABILITIES, FakeProcess, type KernelTraits, NO_PROCESS, ProbeKernel } from "./probe-kernel.ts";

const PLAIN: FeatureRequest = { full: false, unprivileged: false };
const NOISY = ["bpf_trace_printk", "bpf_probe_write_user", "bpf_trace_vprintk"];

function probe(
  traits: KernelTraits = {},
  request: Partial<FeatureRequest> = {},
  own = new FakeProcess(...ALL_CAPABILITIES),
) {
  const kernel = new ProbeKernel(traits);
  const record = probeFeatures(kernel.syscalls(), { ...PLAIN, ...request }, own);
  expect(kernel.open.size).toBe(0);
  return { kernel, record, own, features: record.bpf ?? expect.unreachable("there is bpf(2)") };
}

/** Names of the types with an answer. */
function types(
  names: readonly string[],
  answers: readonly { type: number; answer: Answer }[],
  wanted: Answer,
) {
  return answers.filter(({ answer }) => answer === wanted).map(({ type }) => names[type]);
}

function helpersOf({ bpf }: FeatureRecord, type: keyof typeof PROG_TYPE) {
  const answers = bpf?.helpers.find(({ progType }) => progType === PROG_TYPE[type]);
  return answers ?? expect.unreachable(`nothing about ${type}`);
}

/** The errno for types from one on, in the order of their numbers. */
function from(first: number, errno: number) {
  return ({ type }: { readonly type: number }) => (type >= first ? errno : undefined);
}

describe("a kernel that has everything", () => {
  const { kernel, record, features } = probe();
  const withoutTarget = ["tracing", "struct_ops", "ext", "lsm"];

  test("every type is available", () => {
    expect(types(PROG_TYPES, features.progTypes, "available")).toEqual(PROG_TYPES.slice(1));
    expect(types(MAP_TYPES, features.mapTypes, "available")).toEqual(MAP_TYPES.slice(1));
    expect(Object.keys(features.misc)).toEqual(MISC_FEATURES);
    expect(new Set(Object.values(features.misc))).toEqual(new Set(["available"]));
  });

  test("all helpers but those that write to the kernel's log", () => {
    const quiet = HELPERS.slice(1).filter((name) => !NOISY.includes(name));
    for (const name of PROG_TYPES.slice(1)) {
      const { available, refused } = helpersOf(record, name);
      expect(refused).toEqual([]);
      expect(available.map((id) => HELPERS[id])).toEqual(withoutTarget.includes(name) ? [] : quiet);
    }
  });

  test("and those, too, with `full`", () => {
    const full = probe({}, { full: true });
    expect(full.record.full).toBe(true);
    expect(helpersOf(full.record, "xdp").available).toHaveLength(HELPERS.length - 1);
    const noisy = full.kernel.calls.filter(({ helper }) => NOISY.includes(HELPERS[helper] ?? ""));
    expect(noisy).toHaveLength(NOISY.length * (PROG_TYPES.length - 1 - withoutTarget.length));
  });

  test("no program of a helper is ever loaded", () => {
    expect(kernel.calls.length).toBeGreaterThan(5000);
    expect(kernel.loaded).toHaveLength(PROG_TYPES.length - 1 - withoutTarget.length + MISC_FEATURES.length);
  });

  test("says when it was probed", () => {
    expect(new Date(record.probed).toISOString()).toBe(record.probed);
  });
});

describe("what a type needs", () => {
  const { kernel } = probe({ release: "5.0.7" });
  const tried = (name: keyof typeof PROG_TYPE) => kernel.tried.filter(({ type }) => type === PROG_TYPE[name]);

  test.each([
    ["cgroup_sock_addr", { expectedAttachType: ATTACH_TYPES.indexOf("cgroup_inet4_connect") }],
    ["cgroup_sockopt", { expectedAttachType: ATTACH_TYPES.indexOf("cgroup_getsockopt") }],
    ["sk_lookup", { expectedAttachType: ATTACH_TYPES.indexOf("sk_lookup") }],
    ["lirc_mode2", { expectedAttachType: ATTACH_TYPES.indexOf("lirc_mode2") }],
    ["netfilter", { expectedAttachType: ATTACH_TYPES.indexOf("netfilter") }],
    ["tracing", { expectedAttachType: ATTACH_TYPES.indexOf("trace_fentry"), attachBtfId: 1 }],
    ["lsm", { expectedAttachType: ATTACH_TYPES.indexOf("modify_return"), attachBtfId: 1 }],
    ["ext", { attachBtfId: 1 }],
    ["syscall", { flags: 1 << 4 }],
    ["kprobe", { kernVersion: 0x05_00_07 }],
  ] as const)("%s", (name, needs) => {
    expect(tried(name).length).toBeGreaterThan(0);
    for (const attr of tried(name)) expect(attr).toMatchObject(needs);
  });

  test.each([
    ["stack_trace", { valueSize: 8 }],
    ["lpm_trie", { keySize: 8, valueSize: 8, flags: 1 }],
    ["cgroup_storage", { keySize: 16, valueSize: 8, maxEntries: 0 }],
    ["queue", { keySize: 0, valueSize: 4 }],
    ["ringbuf", { keySize: 0, valueSize: 0, maxEntries: 65_536 }],
    ["sk_storage", { keySize: 4, valueSize: 8, maxEntries: 0, flags: 1, btfKeyTypeId: 1, btfValueTypeId: 3 }],
    ["arena", { keySize: 0, valueSize: 0, flags: 1 << 10 }],
    ["insn_array", { valueSize: 16 }],
    ["hash", { keySize: 4, valueSize: 4, maxEntries: 1, flags: 0 }],
  ] as const)("%s", (name, needs) => {
    expect(kernel.maps.findLast(({ type }) => type === MAP_TYPE[name])).toMatchObject(needs);
  });
});

describe("an old kernel", () => {
  const { kernel, record, features } = probe({
    progErrno: from(PROG_TYPE.lwt_in, EINVAL),
    mapErrno: from(MAP_TYPE.devmap, EINVAL),
    helpers: 50,
    maxInsns: 4096,
    loops: false,
    isa: 2,
  });

  test("has the types that were there", () => {
    expect(types(PROG_TYPES, features.progTypes, "available").at(-1)).toBe("cgroup_sock");
    expect(types(MAP_TYPES, features.mapTypes, "available").at(-1)).toBe("hash_of_maps");
    expect(types(PROG_TYPES, features.progTypes, "refused")).toEqual([]);
  });

  test("has the helpers that were there", () => {
    expect(helpersOf(record, "xdp").available.at(-1)).toBe(49);
    expect(helpersOf(record, "lwt_in").available).toEqual([]);
  });

  test("is asked once for a helper that it does not know", () => {
    // Helper 160 is asked for once more: how locked memory is counted.
    const asked = kernel.calls.filter(({ helper }) => helper >= 50 && helper !== 160);
    expect(asked).toHaveLength(HELPERS.length - 50 - 2);
  });

  test("has none of what came later", () => {
    expect(features.misc).toEqual({
      large_insn_limit: "missing",
      bounded_loops: "missing",
      v2_isa_extension: "available",
      v3_isa_extension: "missing",
      v4_isa_extension: "missing",
    });
  });
});

describe("a verdict about a helper", () => {
  test.each([
    ["unknown func bpf_sys_bpf#2", "missing"],
    ["program of this type cannot use helper bpf_sys_bpf#2", "missing"],
    ["0: (85) call bpf_sys_bpf#2\nunknown func bpf_sys_bpf#2", "missing"],
    ["sleepable helper bpf_copy_from_user#2 in non-sleepable prog", "available"],
    ["R2 type=scalar expected=fp", "available"],
  ])("%s: %s", (log, answer) => {
    const { record } = probe({ helperLog: (_, id) => (id === 2 ? log : undefined) });
    expect(helpersOf(record, "xdp").available.includes(2) ? "available" : "missing").toBe(answer);
  });
});

describe("a kernel that refuses", () => {
  test("a type is not missing then", () => {
    const { features, record } = probe({
      progErrno: ({ type }) => ([PROG_TYPE.tracing, PROG_TYPE.xdp].includes(type) ? EPERM : undefined),
      mapErrno: ({ type }) => (type === MAP_TYPE.arena ? EPERM : undefined),
      btfErrno: EPERM,
    });
    expect(types(PROG_TYPES, features.progTypes, "refused")).toEqual(["xdp", "tracing"]);
    expect(types(MAP_TYPES, features.mapTypes, "refused")).toEqual([
      "sk_storage",
      "inode_storage",
      "task_storage",
      "cgrp_storage",
      "arena",
    ]);
    expect(helpersOf(record, "xdp")).toMatchObject({ available: [], refused: [] });
    expect(helpersOf(record, "kprobe").available.length).toBeGreaterThan(200);
  });

  test("the inner map of a map of maps", () => {
    const { features } = probe({ mapErrno: ({ type }) => (type === MAP_TYPE.hash ? EPERM : undefined) });
    expect(types(MAP_TYPES, features.mapTypes, "refused")).toEqual(["hash", "array_of_maps", "hash_of_maps"]);
  });

  test("a helper", () => {
    const { record } = probe({
      progErrno: ({ type, logLevel }) => (type === PROG_TYPE.xdp && logLevel > 0 ? EPERM : undefined),
    });
    expect(helpersOf(record, "xdp").available).toEqual([]);
    expect(helpersOf(record, "xdp").refused).toHaveLength(HELPERS.length - 1 - NOISY.length);
  });

  test("everything", () => {
    const { features } = probe({ progErrno: () => EPERM, mapErrno: () => EPERM, btfErrno: EPERM });
    const answers = [...features.progTypes, ...features.mapTypes].map(({ answer }) => answer);
    expect(new Set([...answers, ...Object.values(features.misc)])).toEqual(new Set(["refused"]));
  });
});

test("without bpf(2) there is the system alone", () => {
  const kernel = new ProbeKernel({ noBpf: true, files: { "/proc/self/status": "Name:\tx\n" } });
  const record = probeFeatures(kernel.syscalls(), PLAIN, new FakeProcess(...ALL_CAPABILITIES));
  expect(record.bpf).toBeUndefined();
  expect(record.system?.sysctls?.jitEnable).toBe(-1n);
});

describe("what interrupts the verifier", () => {
  test("is tried again", () => {
    let turn = 0;
    const { features } = probe({ interrupt: () => (turn++ % 3 === 0 ? EAGAIN : undefined) });
    expect(types(PROG_TYPES, features.progTypes, "available")).toEqual(PROG_TYPES.slice(1));
  });

  test("but not for ever", () => {
    const { features, kernel } = probe({ interrupt: () => EAGAIN });
    expect(types(PROG_TYPES, features.progTypes, "available")).toEqual([]);
    expect(kernel.tried.length).toBeLessThan(300);
  });
});

describe("privileges", () => {
  const files = { "/proc/sys/kernel/cap_last_cap": "40\n" };
  const refusal = (names: readonly CapabilityName[], traits: KernelTraits = { files }) =>
    inspectErrorOf(() => probe(traits, {}, new FakeProcess(...names)));

  test.each([
    [[], "CAP_SYS_ADMIN, CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON"],
    [["CAP_SYS_ADMIN", "CAP_BPF", "CAP_NET_ADMIN"], "CAP_PERFMON"],
    [["CAP_BPF", "CAP_PERFMON"], "CAP_SYS_ADMIN, CAP_NET_ADMIN"],
  ] as const)("%j are not enough", (names, missing) => {
    const error = refusal(names);
    expect(error.message).toBe(
      `missing ${missing}, required for full feature probing; run as root or use 'unprivileged'`,
    );
    expect(error.data.errno).toBe(EPERM);
  });

  test("before Linux 5.8 there is one capability for all", () => {
    const old = { files: { "/proc/sys/kernel/cap_last_cap": "37\n" } };
    expect(refusal([], old).message).toMatch(/^missing CAP_SYS_ADMIN, required/);
    expect(probe(old, {}, new FakeProcess("CAP_SYS_ADMIN")).record.bpf).toBeDefined();
  });

  test("are given up for `unprivileged`, and taken again", () => {
    const own = new FakeProcess(...ALL_CAPABILITIES);
    const during: string[][] = [];
    probe(
      {
        progErrno: ({ logLevel }) => {
          if (logLevel === 0) during.push(own.held());
          return EPERM;
        },
      },
      { unprivileged: true },
      own,
    );
    expect(new Set(during.map(String))).toEqual(new Set([""]));
    expect(own.held()).toEqual(ALL_CAPABILITIES);
    expect(own.done).toContain("capabilities none");
  });

  test("are taken again whatever happens", () => {
    const own = new FakeProcess(...ALL_CAPABILITIES);
    const boom = () => {
      if (own.held().length === 0) throw new Error("boom");
      return undefined;
    };
    expect(() => probe({ progErrno: boom }, { unprivileged: true }, own)).toThrow("boom");
    expect(own.held()).toEqual(ALL_CAPABILITIES);
  });

  test("who has none keeps none", () => {
    const { own } = probe({ progErrno: () => EPERM }, { unprivileged: true }, new FakeProcess());
    expect(own.done).toEqual([]);
  });

  test("where they cannot be read, nothing is probed", () => {
    const kernel = new ProbeKernel();
    const error = inspectErrorOf(() => probeFeatures(kernel.syscalls(), PLAIN, NO_PROCESS));
    expect(error.message).toBe("failed to get capabilities for process: Function not implemented");
    expect(kernel.tried).toEqual([]);
  });
});

describe("the limit of locked memory", () => {
  const before = new FakeProcess().memlock;

  test("is left alone where the cgroup is charged", () => {
    expect(probe().own.done).toEqual([]);
  });

  test("is lifted while an older kernel is probed", () => {
    const own = new FakeProcess(...ALL_CAPABILITIES);
    const limits: bigint[] = [];
    const note = () => {
      limits.push(own.memlock.soft);
      return undefined;
    };
    probe({ helpers: 160, mapErrno: note }, {}, own);
    expect(new Set(limits)).toEqual(new Set([UNLIMITED.soft]));
    expect(own.memlock).toEqual(before);
  });

  test("is as it was, whatever happens", () => {
    const own = new FakeProcess(...ALL_CAPABILITIES);
    const boom = () => {
      throw new Error("boom");
    };
    expect(() => probe({ helpers: 160, mapErrno: boom }, {}, own)).toThrow("boom");
    expect(own.memlock).toEqual(before);
  });
});

describe("a network device", () => {
  const device = (vendor?: string) => ({
    "/sys/class/net/nfp0/ifindex": "7\n",
    ...(vendor && { "/sys/class/net/nfp0/device/vendor": vendor }),
  });
  const request = { device: "nfp0" };

  test("is asked for what can be offloaded, and nothing else", () => {
    const { kernel, record, features } = probe({ offloads: 7, files: device() }, request);
    expect(record.system).toBeUndefined();
    expect(types(PROG_TYPES, features.progTypes, "available")).toEqual(["sched_cls", "xdp"]);
    expect(types(MAP_TYPES, features.mapTypes, "available")).toEqual(["hash", "array"]);
    expect(features.helpers.map(({ available }) => available.length)).toEqual([208, 208]);
    const own = kernel.tried.filter(({ ifindex }) => ifindex !== 7);
    expect(own.every(({ type }) => type === PROG_TYPE.socket_filter)).toBe(true);
    expect(own).toHaveLength(1);
  });

  test("that takes nothing over", () => {
    const { features } = probe({ files: device() }, request);
    expect(types(PROG_TYPES, features.progTypes, "missing")).toEqual(["sched_cls", "xdp"]);
    expect(features.helpers.map(({ available }) => available)).toEqual([[], []]);
    expect(new Set(Object.values(features.misc))).toEqual(new Set(["missing"]));
  });

  test.each([
    ["0x19ee\n", 207],
    ["0x8086\n", 208],
  ])("of vendor %j", (vendor, count) => {
    const helperLog = (_: number, id: number) => (id === 9 ? "[nfp] not supported by FW" : undefined);
    const { features } = probe({ offloads: 7, files: device(vendor), helperLog }, request);
    expect(features.helpers.map(({ available }) => available.length)).toEqual([count, count]);
  });

  test.each([["eth9"], [""], ["."], [".."], ["../../etc"], ["a/b"]])("%j is none", (name) => {
    const error = inspectErrorOf(() => probe({ files: device() }, { device: name }));
    expect(error.message).toBe(`unrecognized netdevice '${name}': No such device`);
  });
});

describe("the version for kprobe programs", () => {
  test.each([
    ["6.18.44-custom", {}, 0x06_12_2c],
    ["4.14.300", {}, 0x04_0e_ff],
    [
      "4.19.0-22-amd64",
      { "/proc/sys/kernel/version": "#1 SMP Debian 4.19.260-1 (2022-09-29)\n" },
      0x04_13_ff,
    ],
    ["4.19.0-9-amd64", { "/proc/sys/kernel/version": "#1 SMP Debian 4.19.118-2 (2020-04-29)\n" }, 0x04_13_76],
    ["5.4.0-12-generic", { "/proc/version_signature": "Ubuntu 5.4.0-12.15-generic 5.4.8\n" }, 0x05_04_08],
    ["6.18", {}, 0],
    ["what", {}, 0],
  ])("%s", (release, files: Record<string, string>, version) => {
    expect(kernelVersion(new ProbeKernel({ release, files }).syscalls())).toBe(version);
  });
});

describe("files of /proc/sys", () => {
  const status = { "/proc/self/status": "Name:\tx\n" };

  test.each([
    ["1\n", 1n],
    ["  2\n", 2n],
    ["-1\n", -1n],
    ["528482304\n", 528_482_304n],
    ["9223372036854775807\n", 2n ** 63n - 1n],
    ["9223372036854775808\n", -1n],
    ["1", -1n],
    ["", -1n],
    ["\n", -1n],
    ["1 2\n", -1n],
    ["0x1\n", -1n],
    ["7\n8\n", 7n],
  ])("%j is %s", (text, value) => {
    const { record } = probe({ files: { ...status, "/proc/sys/net/core/bpf_jit_limit": text } });
    expect(record.system?.sysctls?.jitLimit).toBe(value);
  });

  test("are not looked for where there is no /proc", () => {
    expect(probe().record.system).toEqual({
      config: { skipped: "can't open file: No such file or directory" },
    });
  });
});

describe("the kernel's configuration", () => {
  const HEAD = "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 6.18.0 Kernel Configuration\n";
  const packed = (text: string) => gzipSync(Buffer.from(text, "latin1")).toString("latin1");
  const configOf = (files: Record<string, string>) => probe({ files }).record.system?.config;
  const BOOT = "/boot/config-6.18.0";
  const PROC = "/proc/config.gz";

  test.each([
    ["of the running release", { [BOOT]: `${HEAD}CONFIG_BPF=y\n`, [PROC]: packed(`${HEAD}CONFIG_HZ=1\n`) }],
    ["packed by the kernel", { [PROC]: packed(`${HEAD}CONFIG_BPF=y\n`) }],
    ["of the running release, packed", { [BOOT]: packed(`${HEAD}CONFIG_BPF=y\n`) }],
    ["that ends without a newline", { [BOOT]: `${HEAD}CONFIG_BPF=y` }],
    ["with an option twice", { [BOOT]: `${HEAD}CONFIG_BPF=y\nCONFIG_BPF=m\n` }],
    ["with others", { [BOOT]: `${HEAD}CONFIG_BPFX=y\n# CONFIG_HZ is not set\nCONFIG_NET=\nCONFIG_BPF=y\n` }],
  ])("%s", (_, files: Record<string, string>) => {
    expect(configOf(files)).toEqual({ options: [{ name: "CONFIG_BPF", value: "y" }] });
  });

  test("keeps what stands behind the first equals sign", () => {
    const config = configOf({ [BOOT]: `${HEAD}CONFIG_TEST_BPF="a=b"\nCONFIG_HZ=250\n` });
    expect(config).toEqual({
      options: [
        { name: "CONFIG_TEST_BPF", value: '"a=b"' },
        { name: "CONFIG_HZ", value: "250" },
      ],
    });
  });

  test.each([
    ["that is empty", "", "can't read from file: it ends too soon"],
    ["of one line", "#\n", "can't read from file: it ends too soon"],
    ["that is another file", "one\ntwo\nthree\n", "can't find correct file"],
    ["cut short", packed(HEAD).slice(0, 30), "can't read from file: it cannot be unpacked"],
    ["that is a bomb", packed("\n".repeat(1 << 25)), "can't read from file: it cannot be unpacked"],
  ])("%s is passed over", (_, text, skipped) => {
    expect(configOf({ [BOOT]: text })).toEqual({ skipped });
  });
});

test("whatever the kernel answers, there is a record and nothing stays open", () => {
  const names = { maxLength: 20 };
  const answer = fc.record({
    status: fc.oneof(fc.constant(3), fc.integer({ min: -600, max: -1 })),
    log: fc.oneof(
      fc.constantFrom("invalid func ", "unknown func ", "attach_btf_id 1 is not"),
      fc.string(names),
    ),
  });
  fc.assert(
    fc.property(fc.array(answer, { minLength: 1, maxLength: 50 }), fc.string(), (answers, file) => {
      let turn = 0;
      let open = 0;
      const sys = Object.assign(new ProbeKernel().syscalls(), {
        bpf: (...[cmd, , pointers = []]: Parameters<Syscalls["bpf"]>) => {
          const { status, log } = answers[turn++ % answers.length] ?? expect.unreachable("an answer");
          const target = cmd === BPF.PROG_LOAD ? pointers[2]?.target : undefined;
          target?.set(Buffer.from(`${log}\0`, "latin1"));
          if (status >= 0) open++;
          return status;
        },
        close: () => void open--,
        readText: () => file,
      });
      const record = probeFeatures(sys, PLAIN, new FakeProcess(...ALL_CAPABILITIES));
      expect(open).toBe(0);
      expect(record.bpf?.progTypes ?? []).toHaveLength(record.bpf ? PROG_TYPES.length - 1 : 0);
    }),
    { numRuns: 30 },
  );
});
