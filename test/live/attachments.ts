/**
 * `attachments show` beside what bpftool tells in six places, each by its own command: everything that one of them knows is there,
 * on the same hook, and in the same order. What holds a program is held against /proc and the pins.
 */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Stage } from "./stage.ts";
import { bpflens, bpftool, run } from "./tools.ts";

interface Hook {
  readonly kind: string;
  readonly devname?: string;
  readonly attach_type?: string;
  readonly place?: string;
  readonly mode?: string;
  readonly cgroup?: string;
  readonly map_id?: number;
  readonly netns?: { readonly own?: boolean; readonly names?: readonly string[] };
}

interface Place {
  readonly link_id?: number;
  readonly slot?: number;
  readonly perf_fds?: readonly { readonly pid: number; readonly fd: number }[];
}

interface Keeper {
  readonly kind: string;
  readonly path?: string;
  readonly pid?: number;
  readonly comm?: string;
}

interface Shown {
  readonly programs: readonly {
    readonly id: number;
    readonly name?: string;
    readonly attached: readonly (Place & { readonly hook: Hook })[];
    readonly kept_alive_by: readonly Keeper[];
    readonly orphan: boolean;
  }[];
  readonly hooks: readonly {
    readonly hook: Hook;
    readonly progs: readonly (Place & { readonly id: number })[];
  }[];
  readonly problems: readonly string[];
}

/** bpftool's JSON. */
type Row = Readonly<Record<string, never>> & {
  readonly id: number;
  readonly prog_id: number;
  readonly devname: string;
  readonly [key: string]: unknown;
};

async function attachments(...words: readonly string[]): Promise<Shown> {
  const { stdout, status } = await bpflens(["-j", "attachments", "show", ...words]);
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

async function theirs(...words: readonly string[]): Promise<readonly Row[]> {
  const { stdout } = await bpftool(["-j", ...words]);
  return JSON.parse(stdout || "[]");
}

const hooksWhere = ({ hooks }: Shown, fits: (hook: Hook) => boolean) =>
  hooks.filter(({ hook }) => fits(hook));

/** A program that nothing but a device holds. */
const ORPHAN = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int left_behind(struct xdp_md *ctx) { return XDP_PASS; }
char LICENSE[] SEC("license") = "GPL";
`;

export function attachmentsTests(stage: () => Stage): void {
  describe("attachments", () => {
    const enter = () => ["nsenter", `--net=/run/netns/${stage().name}`];
    const inNetns = async (...words: readonly string[]) => {
      const { stdout, stderr, status } = await run([...enter(), ...words]);
      expect({ words, stderr, status }).toMatchObject({ status: 0 });
      return stdout;
    };
    let shown: Shown;
    const own = ({ netns }: Hook) => netns?.names?.includes(stage().name) === true;

    beforeAll(async () => {
      const object = path.join(stage().folder, "left-behind.o");
      fs.writeFileSync(`${object}.c`, ORPHAN);
      const compile = ["clang", "-O2", "-g", "-target", "bpf", "-I/usr/include/x86_64-linux-gnu"];
      await inNetns(...compile, "-c", `${object}.c`, "-o", object);
      await inNetns("ip", "link", "add", "orph0", "type", "veth", "peer", "name", "orph1");
      const pin = path.join(stage().pins, "left_behind");
      await inNetns("bpftool", "prog", "load", object, pin);
      await inNetns("bpftool", "net", "attach", "xdpgeneric", "pinned", pin, "dev", "orph0");
      fs.unlinkSync(pin);
      shown = await attachments();
      expect(shown.problems).toEqual([]);
    });
    afterAll(() => inNetns("ip", "link", "del", "orph0"));

    test("every link is on one hook, with its program", async () => {
      const links = (await theirs("link", "show")).filter(({ type }) => (type as unknown) !== "struct_ops");
      const expected = links.map(({ id, prog_id }) => [id, prog_id]);
      expect(expected.length).toBeGreaterThan(10);
      const found = shown.hooks.flatMap(({ progs }) =>
        progs.flatMap(({ link_id, id }) => (link_id === undefined ? [] : [[link_id, id]])),
      );
      expect(found.sort(([a = 0], [b = 0]) => a - b)).toEqual(expected);
    });

    test("XDP and tc on the devices of the stage", async () => {
      const [net] = JSON.parse(await inNetns("bpftool", "-j", "net", "show").then(validJson));
      const xdp = net.xdp.map(({ devname, mode, id }: Row) => `${devname} ${mode} ${id}`);
      const found = hooksWhere(shown, (hook) => hook.kind === "xdp" && own(hook)).flatMap(({ hook, progs }) =>
        progs.map(({ id }) => `${hook.devname} ${hook.mode} ${id}`),
      );
      expect(found.length).toBeGreaterThan(2);
      expect(found).toEqual(xdp);
      const tc = net.tc
        .filter(({ kind }: Row) => !/^(tcx|netkit)/.test(String(kind)))
        .map(({ devname, kind, id }: Row) => `${devname} ${kind} ${id}`);
      const filters = hooksWhere(shown, (hook) => hook.kind === "tc" && own(hook)).flatMap(
        ({ hook, progs }) => progs.map(({ id }) => `${hook.devname} ${hook.place} ${id}`),
      );
      expect(filters.length).toBeGreaterThan(0);
      expect(filters).toEqual(tc);
    });

    test("cgroups, in the order of their programs", async () => {
      const tree = await theirs("cgroup", "tree");
      const expected = tree.flatMap(({ cgroup, programs }) =>
        (programs as unknown as readonly Row[]).map(
          ({ attach_type, id }) => `${cgroup} ${attach_type} ${id}`,
        ),
      );
      expect(expected.length).toBeGreaterThan(5);
      const found = hooksWhere(shown, ({ kind }) => kind === "cgroup").flatMap(({ hook, progs }) =>
        progs.map(({ id }) => `${hook.cgroup} ${hook.attach_type} ${id}`),
      );
      // 7.1.0 asks for the hooks in another order.
      const byHook = (rows: readonly string[]) => rows.toSorted((a, b) => hookOf(a).localeCompare(hookOf(b)));
      expect(byHook(found)).toEqual(byHook(expected));
    });

    test("perf events: by a descriptor, or by the link that stands for it", async () => {
      const rows = await theirs("perf", "show");
      expect(rows.length).toBeGreaterThan(5);
      const byFd = shown.programs.flatMap(({ id, attached }) =>
        attached.flatMap(({ perf_fds = [] }) => perf_fds.map(({ pid, fd }) => `${pid} ${fd} ${id}`)),
      );
      const linked = new Set((await theirs("link", "show")).map(({ prog_id }) => prog_id));
      const unlinked = rows.filter(({ prog_id }) => !linked.has(prog_id));
      const places = unlinked.map(({ pid, fd, prog_id }) => `${pid} ${fd} ${prog_id}`);
      expect(places.length).toBeGreaterThan(0);
      expect(byFd).toEqual(expect.arrayContaining(places));
      const all = rows.map(({ pid, fd, prog_id }) => `${pid} ${fd} ${prog_id}`);
      expect(all).toEqual(expect.arrayContaining(byFd));
    });

    test("slots of prog_arrays", async () => {
      const maps = (await theirs("map", "show")).filter(({ type }) => (type as unknown) === "prog_array");
      expect(maps.length).toBeGreaterThan(1);
      for (const { id: mapId } of maps) {
        const dump = await theirs("map", "dump", "id", String(mapId));
        const expected = dump.flatMap(({ key, value }) =>
          Array.isArray(value) ? [[u32(key), u32(value)]] : [],
        );
        const found = hooksWhere(shown, ({ kind, map_id }) => kind === "map" && map_id === mapId);
        expect(found.flatMap(({ progs }) => progs.map(({ slot, id }) => [slot, id]))).toEqual(expected);
      }
    });

    test("pins and processes keep programs", async () => {
      const rows = await theirs("-f", "prog", "show");
      const holders = progHolders();
      let held = 0;
      for (const { id, pinned } of rows) {
        const keepers = shown.programs.find((program) => program.id === id)?.kept_alive_by ?? [];
        const paths = keepers.flatMap((keeper) => keeper.path ?? []);
        expect(paths.sort()).toEqual([...((pinned as unknown as string[]) ?? [])].sort());
        const pids = keepers.flatMap(({ kind, pid }) =>
          kind === "process" && pid !== undefined ? [pid] : [],
        );
        expect(pids).toEqual(holders.get(id) ?? []);
        held += paths.length + pids.length;
      }
      expect(held).toBeGreaterThan(40);
    });

    test("of our programs, the one orphan is on its device", async () => {
      const pinned = new Set(stage().progs.map(({ id }) => id));
      const isOurs = ({ id, name }: { readonly id: number; readonly name?: string }) =>
        pinned.has(id) || name === "left_behind";
      expect(shown.programs.filter(isOurs).length).toBe(pinned.size + 1);
      const orphans = shown.programs.filter((program) => program.orphan && isOurs(program));
      expect(orphans).toMatchObject([
        { name: "left_behind", attached: [{ hook: { kind: "xdp", devname: "orph0" } }] },
      ]);
      expect(orphans[0]?.kept_alive_by).toMatchObject([{ kind: "hook", hook: { devname: "orph0" } }]);
    });

    test("what is asked for", async () => {
      const orphan = shown.programs.find(({ attached }) =>
        attached.some(({ hook }) => hook.devname === "orph0"),
      );
      const hook = shown.hooks.find(({ hook: { devname } }) => devname === "orph0");
      const wanted = { programs: [orphan], hooks: [hook], problems: [] };
      expect(await attachments("dev", "orph0")).toEqual(wanted);
      expect(await attachments("name", "left_behind")).toEqual(wanted);
      expect(await attachments("dev", "orph1")).toEqual({ programs: [], hooks: [], problems: [] });
      const [gate] = hooksWhere(shown, ({ cgroup }) => cgroup?.endsWith(stage().name) === true);
      const onCgroup = await attachments("cgroup", gate?.hook.cgroup ?? "");
      expect(new Set(onCgroup.hooks.map(({ hook: { cgroup } }) => cgroup))).toEqual(
        new Set([gate?.hook.cgroup]),
      );
    });

    test("a snapshot tells the same", async () => {
      const file = path.join(stage().folder, "attachments.zip");
      expect(await bpflens(["snapshot", "save", file])).toMatchObject({ stderr: "", status: 0 });
      for (const form of [[], ["-j"], ["-p"]]) {
        const line = [...form, "attachments"];
        const { stdout, ...rest } = await bpflens(line);
        expect(await bpflens(["--from", file, ...line])).toEqual({ stdout, ...rest });
      }
    });
  });
}

/** Without the program. */
function hookOf(row: string): string {
  return row.slice(0, row.lastIndexOf(" "));
}

/** behaviour.md 24.16: an object's key stands in an array. */
function validJson(text: string): string {
  return text.replace(/("flow_dissector":\[)("id":\d+)\]/, "$1{$2}]");
}

/** `["0x01","0x00","0x00","0x00"]` */
function u32(bytes: unknown): number {
  return Buffer.from((bytes as string[]).map(Number)).readUInt32LE();
}

/** Pids, ascending, by id of the program; from the text of fdinfo. */
function progHolders(): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  const pids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  for (const pid of pids.map(Number).sort((a, b) => a - b)) {
    for (const id of new Set(progsOf(pid))) found.set(id, [...(found.get(id) ?? []), pid]);
  }
  return found;
}

function progsOf(pid: number): number[] {
  try {
    return fs.readdirSync(`/proc/${pid}/fdinfo`).flatMap((fd) => {
      if (!fs.readlinkSync(`/proc/${pid}/fd/${fd}`).includes("bpf-prog")) return [];
      const id = /^prog_id:\s+(\d+)$/m.exec(fs.readFileSync(`/proc/${pid}/fdinfo/${fd}`, "latin1"))?.[1];
      return id === undefined ? [] : [Number(id)];
    });
  } catch {
    return []; // a process that has ended
  }
}
