/** Probed features as bpftool prints them. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { check } from "../../src/json/shape.ts";
import type {
  BpfFeatures,
  FeatureRecord,
  FeatureRequest,
  SysctlRecord,
} from "../../src/model/feature-records.ts";
import { BUILTINS } from "../../src/render/feature/builtins.ts";
import { featuresJson } from "../../src/render/feature/json.ts";
import { featureMacros } from "../../src/render/feature/macros.ts";
import { refusedNotes, skippedNotes } from "../../src/render/feature/notes.ts";
import { featuresPlain } from "../../src/render/feature/plain.ts";
import { featuresShape, recordedFeatures } from "../../src/sources/snapshot/features.ts";
import { dataText } from "../support/data.ts";
import { jsonText, plainText } from "../support/rendered.ts";

const recorded = (name: string) => dataText(import.meta.url, `data/features/${name}`);
const recordOf = (name: string): FeatureRecord =>
  check(featuresShape, JSON.parse(recorded(`${name}.record.json.txt`)));

const REQUEST: FeatureRequest = { full: false, unprivileged: false };
const FULL = recordOf("kernel");
const KERNEL = recordedFeatures(FULL, REQUEST);
const UNPRIVILEGED = recordOf("unprivileged");

const plain = (record: FeatureRecord) => plainText((out) => featuresPlain(out, record));
const macros = (record: FeatureRecord, prefix: string) =>
  plainText((out) => featureMacros(out, record, prefix));
const json = (record: FeatureRecord, options = {}) =>
  jsonText((writer) => featuresJson(writer, record), options);
const parsed = (record: FeatureRecord) => JSON.parse(json(record)) as Record<string, unknown>;
const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** bpftool does not tell what was refused; it ends its documents with a newline. */
function asBpftool(text: string): string {
  return `${text.replace(/,(\n {4})?"refused": ?\{[^}]*\}/, "")}\n`;
}

describe("as recorded", () => {
  test("plain", () => expect(plain(KERNEL)).toBe(recorded("kernel.txt")));

  test("JSON", () => expect(asBpftool(json(KERNEL))).toBe(recorded("kernel.json.txt")));

  test("macros", () => {
    const text = macros(KERNEL, "FOO_");
    const head = recorded("kernel.macros.head.txt");
    expect(text.slice(0, head.length)).toBe(head);
    expect(digest(text)).toBe("3121d67796165c0678eac9b220fabe82c3f3e5a26491d626b0ebed94d1f4e57e");
  });

  test("with `full`", () => {
    expect(digest(plain(FULL))).toBe("ff7d769476f57dad32d29febbd984aab7c2be371b53ae051624ebe017f289656");
    expect(digest(macros(FULL, ""))).toBe("ce9de32e9aea113a61714ec7ec26dde408a9d4b81c2c5b22a6e7375437c75d2e");
  });

  test("without privileges", () => {
    expect(plain(UNPRIVILEGED)).toBe(recorded("unprivileged.txt"));
    expect(asBpftool(json(UNPRIVILEGED, { pretty: true }))).toBe(recorded("unprivileged.pretty.json.txt"));
  });
});

const MISSING: BpfFeatures = {
  progTypes: [{ type: 6, answer: "missing" }],
  mapTypes: [{ type: 1, answer: "missing" }],
  helpers: [{ progType: 6, available: [], refused: [] }],
  misc: {
    large_insn_limit: "missing",
    bounded_loops: "missing",
    v2_isa_extension: "missing",
    v3_isa_extension: "missing",
    v4_isa_extension: "missing",
  },
};

function withBpf(changes: Partial<BpfFeatures>): FeatureRecord {
  return { probed: "2026-11-20T10:00:00.000Z", full: false, bpf: { ...MISSING, ...changes } };
}

describe("what was refused", () => {
  test("is told in JSON, beside bpftool's keys", () => {
    const { program_types: types, refused } = parsed(KERNEL) as Record<string, Record<string, unknown>>;
    expect(refused).toEqual({
      program_types: ["have_tracing_prog_type", "have_ext_prog_type", "have_lsm_prog_type"],
    });
    expect(types?.have_tracing_prog_type).toBe(false);
  });

  test("in every section", () => {
    const record = withBpf({
      progTypes: [{ type: 6, answer: "refused" }],
      mapTypes: [{ type: 33, answer: "refused" }],
      helpers: [{ progType: 1, available: [1], refused: [2, 5] }],
      misc: { ...MISSING.misc, bounded_loops: "refused" },
    });
    expect(parsed(record).refused).toEqual({
      program_types: ["have_xdp_prog_type"],
      map_types: ["have_arena_map_type"],
      misc: ["have_bounded_loops"],
      helpers: { socket_filter_available_helpers: ["bpf_map_update_elem", "bpf_ktime_get_ns"] },
    });
    expect(parsed(record).helpers).toEqual({ socket_filter_available_helpers: ["bpf_map_lookup_elem"] });
  });

  test("is no key where there is nothing", () => {
    expect(Object.keys(parsed(withBpf({})))).toEqual([
      "syscall_config",
      "program_types",
      "map_types",
      "helpers",
      "misc",
    ]);
  });

  test("is told people", () => {
    expect(refusedNotes(withBpf({}))).toEqual([]);
    expect(refusedNotes(KERNEL)).toEqual([
      "Hint: the kernel did not let us try 3 of these, so they may be available: " +
        "eBPF program_type tracing, eBPF program_type ext, eBPF program_type lsm",
    ]);
    expect(refusedNotes(UNPRIVILEGED)).toEqual([
      "Hint: the kernel did not let us try 70 of these, so they may be available: -j lists them under 'refused'",
    ]);
  });
});

describe("where there is no bpf(2)", () => {
  const record: FeatureRecord = { probed: "", full: false };

  test.each([
    ["plain", plain(record), "Scanning system call availability...\nbpf() syscall is NOT available\n\n"],
    ["JSON", json(record), '{"syscall_config":{"have_bpf_syscall":false}}'],
    ["macros", macros(record, "P_"), "/*** System call availability ***/\n#define P_NO_HAVE_BPF_SYSCALL\n\n"],
  ])("%s", (_, text, expected) => expect(text).toBe(expected));
});

describe("types that bpflens does not know", () => {
  const record = withBpf({
    progTypes: [{ type: 99, answer: "available" }],
    helpers: [{ progType: 99, available: [9999], refused: [] }],
  });

  test.each([
    ["plain", plain(record), "eBPF program_type 99 is available\n"],
    ["plain", plain(record), "supported for program type 99:\n\t- 9999\n"],
    ["JSON", json(record), '"have_99_prog_type":true'],
    ["macros", macros(record, ""), "#define HAVE_99_PROG_TYPE\n"],
  ])("%s", (_, text, part) => expect(text).toContain(part));
});

test("a type without helpers says why", () => {
  const types = [6, 26].map((type) => ({ type, answer: type === 6 ? "missing" : "available" }) as const);
  const helpers = types.map(({ type }) => ({ progType: type, available: [], refused: [] }));
  const text = plain(withBpf({ progTypes: types, helpers }));
  expect(text).toContain("type xdp:\n\tProgram type not supported\n");
  expect(text).toContain("type tracing:\n\tCould not determine which helpers are available\n");
});

describe("settings", () => {
  const unreadable: SysctlRecord = {
    unprivilegedBpfDisabled: -1n,
    jitEnable: -1n,
    jitHarden: -1n,
    jitKallsyms: -1n,
    jitLimit: -1n,
  };
  const record = (sysctls: Partial<SysctlRecord>): FeatureRecord => ({
    probed: "",
    full: false,
    system: { sysctls: { ...unreadable, ...sysctls }, config: { skipped: "can't find correct file" } },
  });

  test.each([
    ["unprivilegedBpfDisabled", 0n, "bpf() syscall for unprivileged users is enabled"],
    ["unprivilegedBpfDisabled", 1n, "bpf() syscall restricted to privileged users (without recovery)"],
    ["unprivilegedBpfDisabled", 2n, "bpf() syscall restricted to privileged users (admin can change)"],
    ["unprivilegedBpfDisabled", 3n, "bpf() syscall restriction has unknown value 3"],
    ["unprivilegedBpfDisabled", -1n, "Unable to retrieve required privileges for bpf() syscall"],
    ["jitEnable", 0n, "JIT compiler is disabled"],
    ["jitEnable", 2n, "JIT compiler is enabled with debugging traces in kernel logs"],
    ["jitEnable", -7n, "JIT-compiler status has unknown value -7"],
    ["jitEnable", -1n, "Unable to retrieve JIT-compiler status"],
    ["jitHarden", 1n, "JIT compiler hardening is enabled for unprivileged users"],
    ["jitHarden", 2n, "JIT compiler hardening is enabled for all users"],
    ["jitHarden", 9n, "JIT hardening status has unknown value 9"],
    ["jitHarden", -1n, "Unable to retrieve JIT hardening status"],
    ["jitKallsyms", 0n, "JIT compiler kallsyms exports are disabled"],
    ["jitKallsyms", 2n, "JIT kallsyms exports status has unknown value 2"],
    ["jitKallsyms", -1n, "Unable to retrieve JIT kallsyms export status"],
    ["jitLimit", 0n, "Global memory limit for JIT compiler for unprivileged users is 0 bytes"],
    ["jitLimit", 2n ** 62n, "JIT compiler for unprivileged users is 4611686018427387904 bytes"],
    ["jitLimit", -1n, "Unable to retrieve global memory limit for JIT compiler for unprivileged users"],
  ] as const)("%s %s", (name, value, sentence) => {
    expect(plain(record({ [name]: value }))).toContain(`${sentence}\n`);
  });

  test("in JSON are numbers, and options are left out where there are none", () => {
    expect(json(record({ jitLimit: 2n ** 62n }))).toBe(
      '{"system_config":{"unprivileged_bpf_disabled":-1,"bpf_jit_enable":-1,"bpf_jit_harden":-1,' +
        '"bpf_jit_kallsyms":-1,"bpf_jit_limit":4611686018427387904},"syscall_config":{"have_bpf_syscall":false}}',
    );
  });

  test("what is passed over is said", () => {
    expect(skippedNotes(record({}))).toEqual(["skipping kernel config, can't find correct file"]);
    const bare: FeatureRecord = { probed: "", full: false, system: { config: { options: [] } } };
    expect(skippedNotes(bare)).toEqual(["/* procfs not mounted, skipping related probes */"]);
    expect(skippedNotes(withBpf({}))).toEqual([]);
  });

  test("options that are not set", () => {
    const bare: FeatureRecord = { probed: "", full: false, system: { config: { options: [] } } };
    expect(plain(bare)).toContain("\nCONFIG_HZ is not set\n");
    expect(json(bare)).toContain('"CONFIG_HZ":null}');
    expect(macros(bare, "X")).toContain("\n/* XCONFIG_HZ is not set */\n\n");
  });
});

test.each([
  ["prog_types", 33],
  ["map_types", 36],
  ["attach_types", 62],
  ["link_types", 16],
  ["helpers", 212],
] as const)("there are as many %s as bpftool has", (group, count) => {
  expect(BUILTINS[group]).toHaveLength(count);
});
