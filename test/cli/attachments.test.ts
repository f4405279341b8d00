/** `attachments show` on a saved machine: both tables, what may be asked, and mistakes. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ATTACH_TYPES } from "../../src/uapi/attach-types.ts";
import { LINK_TYPE } from "../../src/uapi/link-types.ts";
import { MAP_TYPE } from "../../src/uapi/map-types.ts";
import { byName } from "../../src/uapi/name-table.ts";
import { PROG_TYPE } from "../../src/uapi/prog-types.ts";
import { u32s } from "../support/insns.ts";
import type { Machine } from "../support/memory-source.ts";
import { linkRecord, mapRecord, progRecord } from "../support/records.ts";
import { runCli } from "../support/run-cli.ts";
import { cliFrom, saveMachine } from "../support/saved-machine.ts";
import { tempFolder } from "../support/temp-folder.ts";

const AT = byName(ATTACH_TYPES);

const MACHINE: Machine = {
  progs: [
    progRecord({ id: 3, type: PROG_TYPE.xdp, name: "left_behind" }),
    progRecord({ id: 5, type: PROG_TYPE.kprobe, name: "on_exit" }),
    progRecord({ id: 8, type: PROG_TYPE.cgroup_skb, name: "gate" }),
    progRecord({ id: 9, type: PROG_TYPE.xdp, name: "step\x1b[2J" }),
  ],
  maps: [mapRecord({ id: 4, type: MAP_TYPE.prog_array, name: "steps", maxEntries: 9 })],
  entries: new Map([[4, [{ key: u32s(7), value: u32s(9) }]]]),
  mapProgs: new Map(),
  links: [
    linkRecord(1, LINK_TYPE.perf_event, 5, {
      kind: "perf_kprobe",
      retprobe: false,
      func: "do_exit",
      addr: 0xffff_ffff_8135_d5c0n,
      offset: 0,
      missed: 0n,
      cookie: 0xffff_ffff_ffff_ffffn,
    }),
  ],
  nets: [
    {
      netns: { ino: 1n, own: true, names: [] },
      devices: [
        { ifindex: 1, ifname: "lo", altNames: [], mprogs: [], filters: [] },
        {
          ifindex: 2,
          ifname: "eth0",
          altNames: ["enp1s0"],
          xdp: { mode: 2, progs: [{ mode: 2, progId: 3 }] },
          mprogs: [],
          filters: [],
        },
      ],
      flowDissector: [],
      problems: [],
    },
  ],
  cgroups: {
    mount: "/sys/fs/cgroup",
    cgroups: [
      { path: "/sys/fs/cgroup", id: 1n, attached: [], effective: [] },
      {
        path: "/sys/fs/cgroup/web",
        id: 70n,
        attached: [{ progId: 8, attachType: AT.cgroup_inet_ingress, attachFlags: 0 }],
        effective: [],
      },
    ],
    unread: [],
  },
  pins: [{ kind: "prog", id: 8, path: "/sys/fs/bpf/gate" }],
  holders: [{ kind: "link", id: 1, pid: 12, comm: "agent" }],
};

const FOLDER = tempFolder();
const PLACE = saveMachine(FOLDER, "attached", MACHINE);

/** Ids of the programs of an answer, and how many hooks it has. */
async function asked(line: string) {
  const { stdout, stderr, status } = await cliFrom(PLACE, `-j ${line}`);
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  const { programs, hooks } = JSON.parse(stdout);
  return { ids: programs.map(({ id }: { id: number }) => id), hooks: hooks.length };
}

describe("attachments", () => {
  test.each(["attachments", "attachments show", "at l"])("%s", async (line) => {
    expect(await cliFrom(PLACE, line)).toEqual({
      stdout: String.raw`prog               attached to                                    kept alive by
3 xdp left_behind  eth0(2) xdp generic                            orphan: its hook, eth0(2) xdp generic
5 kprobe on_exit   kprobe do_exit                                 link 1: agent(12)
8 cgroup_skb gate  cgroup /sys/fs/cgroup/web cgroup_inet_ingress  /sys/fs/bpf/gate
                                                                  its hook, cgroup /sys/fs/cgroup/web cgroup_inet_ingress
9 xdp step\x1b[2J  prog_array map 4 steps: [7]                    map 4 steps

hook                                           at   prog           held by
eth0(2) xdp generic                                 3 left_behind
cgroup /sys/fs/cgroup/web cgroup_inet_ingress       8 gate
kprobe do_exit                                      5 on_exit      link 1
prog_array map 4 steps                         [7]  9 step\x1b[2J
`,
      stderr: "",
      status: 0,
    });
  });

  test.each([
    ["attachments", [3, 5, 8, 9], 4],
    ["attachments show id 5", [5], 1],
    ["attachments show name left_behind", [3], 1],
    ["attachments show pinned /sys/fs/bpf/gate", [8], 1],
    ["attachments show dev eth0", [3], 1],
    ["attachments show dev enp1s0", [3], 1],
    ["attachments show d lo", [], 0],
    ["attachments show cgroup /sys/fs/cgroup/web", [8], 1],
    ["attachments show func do_exit", [5], 1],
    ["attachments show func nosuch", [], 0],
  ])("%s", async (line, ids, hooks) => expect(await asked(line)).toEqual({ ids, hooks }));

  test("nothing", async () => {
    expect((await cliFrom(PLACE, "attachments show func nosuch")).stdout).toBe("nothing is attached\n");
  });

  test("numbers of 64 bits are whole", async () => {
    const { stdout } = await cliFrom(PLACE, "-j attachments show id 5");
    expect(stdout).toContain('"addr":18446744071582373312,');
    expect(stdout).toContain('"cookie":18446744073709551615');
  });

  test.each([
    ["attachments show dev nosuch", "invalid devname nosuch", 255],
    ["attachments show cgroup /sys/fs/cgroup/nosuch", "can't open cgroup /sys/fs/cgroup/nosuch", 255],
    ["attachments show id 99", "get by id (99): No such file or directory", 255],
    [
      "attachments show what",
      "expected 'id', 'tag', 'name', 'pinned', 'dev', 'cgroup' or 'func', got: 'what'?",
      255,
    ],
    ["attachments show dev eth0 more", "what is 'more'?", 255],
  ])("%s", async (line, message, status) => {
    expect(await cliFrom(PLACE, line)).toEqual({ stdout: "", stderr: `Error: ${message}\n`, status });
    const json = await cliFrom(PLACE, `-j ${line}`);
    expect([JSON.parse(json.stdout), json.status]).toEqual([{ error: message }, status]);
  });

  test("an object file", async () => {
    const file = path.join(FOLDER, "insns");
    fs.writeFileSync(file, "b700000000000000 9500000000000000");
    const { stdout, stderr, status } = await runCli(["--from", `insns:${file}`, "attachments"]);
    expect({ stdout, status }).toEqual({ stdout: "", status: 255 });
    expect(stderr).toBe(
      "Error: programs of a file are attached to nothing: the kernel has not loaded them\n",
    );
  });
});
