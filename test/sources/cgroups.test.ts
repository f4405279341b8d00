/** Cgroups of a kernel, and of a snapshot of it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CgroupProgRecord, CgroupSource } from "../../src/model/cgroup-records.ts";
import { liveCgroups } from "../../src/sources/live/cgroups.ts";
import { cgroupsShape, savedCgroups, snapshotCgroups } from "../../src/sources/snapshot/cgroups.ts";
import { check } from "../../src/json/shape.ts";
import { ATTACH_TYPES } from "../../src/uapi/attach-types.ts";
import { EACCES, EPERM } from "../../src/uapi/errno.ts";
import { byName } from "../../src/uapi/name-table.ts";
import { memorySource } from "../support/memory-source.ts";
import { inspectErrorOf, valueOrInspectError } from "../support/outcome.ts";
import { cgroupKernel, type CgroupKernelOptions, type KernelCgroup } from "./cgroup-kernel.ts";
import { CGROUPS, ROOT } from "./recorded-cgroups.ts";

const TYPE = byName(ATTACH_TYPES);
const MULTI = 2;
const ENOMEM = 12;

function prog(
  progId: number,
  attachType: number = TYPE.cgroup_device,
  attachFlags = MULTI,
): CgroupProgRecord {
  return { attachType, progId, attachFlags };
}

/** Paths of a walk; those that could not be read with their message. */
function walked(cgroups: CgroupSource, root: string): string[] {
  return Array.from(cgroups.walk(root, false), (cgroup) =>
    "error" in cgroup ? `${cgroup.path}: ${cgroup.error.message}` : cgroup.path,
  );
}

function live(cgroups: readonly KernelCgroup[], options: CgroupKernelOptions = {}) {
  const kernel = cgroupKernel(cgroups, options);
  return { kernel, cgroups: liveCgroups(kernel.sys) };
}

const HOOKS_IN_ORDER = [
  "cgroup_inet_ingress cgroup_inet_egress cgroup_inet_sock_create cgroup_inet_sock_release",
  "cgroup_inet4_bind cgroup_inet6_bind cgroup_inet4_post_bind cgroup_inet6_post_bind",
  "cgroup_inet4_connect cgroup_inet6_connect cgroup_unix_connect",
  "cgroup_inet4_getpeername cgroup_inet6_getpeername cgroup_unix_getpeername",
  "cgroup_inet4_getsockname cgroup_inet6_getsockname cgroup_unix_getsockname",
  "cgroup_udp4_sendmsg cgroup_udp6_sendmsg cgroup_unix_sendmsg",
  "cgroup_udp4_recvmsg cgroup_udp6_recvmsg cgroup_unix_recvmsg",
  "cgroup_sock_ops cgroup_device cgroup_sysctl cgroup_getsockopt cgroup_setsockopt lsm_cgroup",
].flatMap((line) => line.split(" "));

describe("one cgroup", () => {
  test("every hook is asked for, in bpftool's order", () => {
    const all = ATTACH_TYPES.map((_, attachType) => prog(attachType + 1000, attachType));
    const { cgroups } = live([{ path: "/c", attached: all }]);
    const { progs } = cgroups.read("/c", false);
    expect(progs.map(({ attachType }) => ATTACH_TYPES[attachType])).toEqual(HOOKS_IN_ORDER);
    expect(progs.every(({ attachType, progId }) => progId === attachType + 1000)).toBe(true);
  });

  test("what is attached, and what is effective", () => {
    const { cgroups, kernel } = live([{ path: "/c", attached: [prog(1)], effective: [prog(2), prog(1)] }]);
    expect(cgroups.read("/c", false).progs).toEqual([prog(1)]);
    expect(cgroups.read("/c", true).progs).toEqual([
      prog(2, TYPE.cgroup_device, 0),
      prog(1, TYPE.cgroup_device, 0),
    ]);
    expect(kernel.openFds()).toBe(0);
  });

  test("effective LSM programs are not told by the kernel", () => {
    const { cgroups } = live([{ path: "/c", effective: [prog(1, TYPE.lsm_cgroup)] }]);
    expect(cgroups.read("/c", true).progs).toEqual([]);
  });

  test("flags of each program", () => {
    const attached = [prog(1, TYPE.lsm_cgroup, 1), prog(2, TYPE.lsm_cgroup, 2), prog(3, TYPE.lsm_cgroup, 0)];
    expect(live([{ path: "/c", attached }]).cgroups.read("/c", false).progs).toEqual(attached);
  });

  test("a kernel that tells the flags of the hook alone is not asked for others again and again", () => {
    const attached = [prog(1, TYPE.cgroup_inet_ingress, 1), prog(2)];
    const { cgroups, kernel } = live([{ path: "/c", attached }], { old: true, unknown: [TYPE.lsm_cgroup] });
    expect(cgroups.read("/c", false).progs).toEqual(attached);
    expect(kernel.queries()).toBe(HOOKS_IN_ORDER.length + 1);
  });

  test("hooks that the kernel does not have", () => {
    const unknown = [TYPE.lsm_cgroup, TYPE.cgroup_unix_connect, TYPE.cgroup_inet_ingress];
    const attached = [prog(1), prog(2, TYPE.cgroup_unix_connect)];
    expect(live([{ path: "/c", attached }], { unknown }).cgroups.read("/c", false).progs).toEqual([prog(1)]);
  });

  test("more programs than there is room for at first", () => {
    const effective = Array.from({ length: 5000 }, (_, i) => prog(i + 1, TYPE.cgroup_device, 0));
    expect(live([{ path: "/c", effective }]).cgroups.read("/c", true).progs).toEqual(effective);
  });

  test.each([
    ["is not there", "/d", "can't open cgroup /d"],
    ["may not be opened", "/c/open", "can't open cgroup /c/open"],
    ["may not be asked", "/c/ask", "can't query bpf programs attached to /c/ask: Operation not permitted"],
  ])("%s", (_, path, message) => {
    const { cgroups, kernel } = live([
      { path: "/c/open", openErrno: EACCES },
      { path: "/c/ask", queryErrno: EPERM },
    ]);
    const error = inspectErrorOf(() => cgroups.read(path, false));
    expect([error.message, error.status]).toEqual([message, 255]);
    expect(kernel.openFds()).toBe(0);
  });
});

describe("a walk", () => {
  const TREE: readonly KernelCgroup[] = [
    { path: "/c" },
    { path: "/c/b" },
    { path: "/c/b/y" },
    { path: "/c/b/x" },
    { path: "/c/a" },
    { path: "/c/cgroup.procs", type: "file" },
    { path: "/c/link", type: "other" },
    { path: "/c/mount", dev: 31n },
    { path: "/c/mount/below", dev: 31n },
  ];
  const ALL = ["/c", "/c/b", "/c/b/y", "/c/b/x", "/c/a"];

  test("each before those below, in the order of the folders; no files, links, other file systems", () => {
    const { cgroups, kernel } = live(TREE);
    expect(walked(cgroups, "/c")).toEqual(ALL);
    expect(kernel.openFds()).toBe(0);
  });

  test.each(["/c/", "/c///"])("from %s", (root) => expect(walked(live(TREE).cgroups, root)).toEqual(ALL));

  test("from /", () => {
    expect(walked(live([{ path: "/" }, { path: "/a" }, { path: "/a/b" }]).cgroups, "/")).toEqual([
      "/",
      "/a",
      "/a/b",
    ]);
  });

  test("goes on behind what cannot be read", () => {
    const errors: Readonly<Record<string, Partial<KernelCgroup>>> = {
      "/c/b": { queryErrno: ENOMEM },
      "/c/b/x": { openErrno: EACCES },
    };
    const { cgroups, kernel } = live(TREE.map((cgroup) => ({ ...cgroup, ...errors[cgroup.path] })));
    expect(walked(cgroups, "/c")).toEqual([
      "/c",
      "/c/b: can't query bpf programs attached to /c/b: Cannot allocate memory",
      "/c/b/y",
      "/c/b/x: can't open cgroup /c/b/x: Permission denied",
      "/c/a",
    ]);
    expect(kernel.openFds()).toBe(0);
  });

  test.each([
    ["before it is opened", "/c/b", "/c/b", ["/c", "/c/a"]],
    ["with the one above", "/c/b/y", "/c/b", ["/c", "/c/b", "/c/a"]],
    ["all of them", "/c/b", "/c", ["/c"]],
  ])("cgroups that are removed %s are left out", (_, when, removed, left) => {
    const { cgroups } = live(TREE, {
      change(path, all) {
        if (path !== when) return;
        const gone = all.filter((one) => one.path === removed || one.path.startsWith(`${removed}/`));
        for (const one of gone) all.splice(all.indexOf(one), 1);
      },
    });
    expect(walked(cgroups, "/c")).toEqual(left);
  });

  test.each([
    ["ENOENT", 2],
    ["ENODEV", 19],
  ])("a cgroup that is removed between opening and asking (%s)", (_, queryErrno) => {
    const { cgroups } = live(TREE.map((one) => (one.path === "/c/b" ? { ...one, queryErrno } : one)));
    expect(walked(cgroups, "/c")).toEqual(["/c", "/c/a"]);
  });

  test.each([
    ["is not there", [], "can't iterate over /c: No such file or directory"],
    ["is not readable", [{ path: "/c", openErrno: EACCES }], "can't iterate over /c: Permission denied"],
    [
      "is no cgroup",
      [{ path: "/c", queryErrno: 9 }],
      "can't query bpf programs attached to /c: Bad file descriptor",
    ],
  ])("the root %s", (_, tree, message) => {
    expect(inspectErrorOf(() => walked(live(tree).cgroups, "/c")).message).toBe(message);
  });

  test("a deep tree", () => {
    const deep = Array.from({ length: 200 }, (_, depth) => ({ path: `/c${"/d".repeat(depth)}` }));
    expect(walked(live(deep).cgroups, "/c")).toHaveLength(200);
  });
});

describe("where the hierarchy is mounted", () => {
  test.each([
    [
      "the first of type cgroup2",
      "cgroup /v1 cgroup rw 0 0\nx /a\\040b cgroup2 rw 0 0\ny /c cgroup2 rw 0 0\n",
      "/a b",
    ],
    ["nowhere", "cgroup /v1 cgroup rw 0 0\n", undefined],
  ])("%s", (_, mounts, mount) => expect(live([], { mounts }).cgroups.mount()).toBe(mount));
});

describe("a snapshot", () => {
  const MOUNTS = `cgroup2 ${ROOT} cgroup2 rw 0 0\n`;

  /** Through JSON, as the snapshot has it. */
  function saved(cgroups: CgroupSource): CgroupSource {
    const document = savedCgroups({ ...memorySource({}), cgroups: () => cgroups });
    const text = JSON.stringify(document, (_, value) => (typeof value === "bigint" ? String(value) : value));
    return snapshotCgroups(check(cgroupsShape, JSON.parse(text)));
  }

  const source = live(CGROUPS, { mounts: MOUNTS }).cgroups;
  const snapshot = saved(source);

  test.each([false, true])("answers a walk as the kernel does (effective: %s)", (effective) => {
    for (const root of [ROOT, `${ROOT}/web/`, `${ROOT}/web/worker`])
      expect([...snapshot.walk(root, effective)]).toEqual([...source.walk(root, effective)]);
    expect([...snapshot.walk(ROOT, effective)].length).toBeGreaterThan(5);
  });

  test.each(CGROUPS.map(({ path }) => path))("answers for %s", (path) => {
    for (const effective of [false, true])
      expect(snapshot.read(path, effective)).toEqual(source.read(path, effective));
  });

  test("a snapshot of a snapshot is the same", () => {
    expect([...saved(snapshot).walk(ROOT, false)]).toEqual([...snapshot.walk(ROOT, false)]);
    expect(saved(snapshot).mount()).toBe(ROOT);
  });

  test.each([
    ["read", () => snapshot.read("/nowhere", false), "can't open cgroup /nowhere"],
    ["walk", () => walked(snapshot, "/nowhere/"), "can't iterate over /nowhere/: No such file or directory"],
    [
      "walk",
      () => walked(snapshot, `${ROOT}/we`),
      `can't iterate over ${ROOT}/we: No such file or directory`,
    ],
  ])("%s of what is not there", (_, call, message) => {
    expect(inspectErrorOf(call).message).toBe(message);
  });

  test("what could not be read is told", () => {
    const message = "can't query bpf programs attached to /c/a: Cannot allocate memory";
    const broken = live([{ path: "/c" }, { path: "/c/a", queryErrno: ENOMEM }, { path: "/c/a/b" }], {
      mounts: "cgroup2 /c cgroup2 rw 0 0\n",
    });
    const copy = saved(broken.cgroups);
    expect(walked(copy, "/c")).toEqual(["/c", "/c/a/b", `/c/a: ${message}`]);
    expect(inspectErrorOf(() => copy.read("/c/a", false)).message).toBe(message);
    expect(inspectErrorOf(() => walked(copy, "/c/a")).message).toBe(message);
  });

  test("of a machine without cgroups", () => {
    const copy = saved(live([], { mounts: "" }).cgroups);
    expect(copy.mount()).toBeUndefined();
    expect(savedCgroups(memorySource({}))).toBeUndefined();
  });

  test("a machine that may not be asked is an error", () => {
    const refused = live([{ path: "/c", queryErrno: EPERM }], { mounts: "cgroup2 /c cgroup2 rw 0 0\n" });
    expect(inspectErrorOf(() => saved(refused.cgroups)).message).toContain("Operation not permitted");
  });

  test.each([
    ["no array", { cgroups: {}, unread: [] }, "cgroups: expected an array"],
    ["a cgroup without id", { cgroups: [{ path: "/c" }], unread: [] }, "cgroups[0].id: expected"],
    [
      "a type that is no number",
      { cgroups: [{ path: "/c", id: "1", attached: [{ attachType: "x" }] }] },
      "attachType",
    ],
    [
      "a path with a NUL",
      { cgroups: [{ path: "/\0", id: "1", attached: [], effective: [] }] },
      "path: expected",
    ],
  ])("%s", (_, json, message) => {
    expect(inspectErrorOf(() => check(cgroupsShape, json)).message).toContain(message);
  });

  test("any document is refused, or answers", () => {
    const part = fc.oneof(
      fc.constantFrom("", "/", "/c", "/c/", "/c/a", "c", "\0", "//", "\xff"),
      fc.string(),
    );
    const progs = fc.array(
      fc.record({ attachType: fc.integer(), progId: fc.nat(), attachFlags: fc.nat() }, { requiredKeys: [] }),
      { maxLength: 2 },
    );
    const id = fc.oneof(fc.nat().map(String), fc.string());
    const cgroups = fc.array(fc.record({ path: part, id, attached: progs, effective: progs }), {
      maxLength: 4,
    });
    const unread = fc.array(fc.record({ path: part, message: part }), { maxLength: 2 });
    const document = fc.record({ mount: part, cgroups, unread }, { requiredKeys: ["cgroups", "unread"] });
    fc.assert(
      fc.property(fc.oneof(document, fc.jsonValue()), part, (json, root) => {
        const checked = valueOrInspectError(() => check(cgroupsShape, json));
        if (checked instanceof Error) return;
        const copy = snapshotCgroups(checked);
        valueOrInspectError(() => copy.read(root, true));
        const walk = valueOrInspectError(() => walked(copy, root));
        if (!(walk instanceof Error)) expect(walk.length).toBeGreaterThan(0);
      }),
    );
  });
});
