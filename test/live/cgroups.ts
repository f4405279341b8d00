/** Programs on every hook of cgroups that bpftool 7.1.0 can attach to, in cgroups of our own, listed by both. */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Stage } from "./stage.ts";
import {
  bpflens,
  bpflensAsNobody,
  bpftool,
  bpftoolAsNobody,
  type Output,
  type Run,
  removeCopy,
  run,
} from "./tools.ts";

/** Section, context, and how bpftool calls the hook. 7.1.0 does not know those of UNIX sockets. */
const HOOKS = [
  ["cgroup_skb/ingress", "__sk_buff", "cgroup_inet_ingress"],
  ["cgroup_skb/egress", "__sk_buff", "cgroup_inet_egress"],
  ["cgroup/sock_create", "bpf_sock", "cgroup_inet_sock_create"],
  ["cgroup/sock_release", "bpf_sock", "cgroup_inet_sock_release"],
  ["cgroup/post_bind4", "bpf_sock", "cgroup_inet4_post_bind"],
  ["cgroup/post_bind6", "bpf_sock", "cgroup_inet6_post_bind"],
  ["cgroup/bind4", "bpf_sock_addr", "cgroup_inet4_bind"],
  ["cgroup/bind6", "bpf_sock_addr", "cgroup_inet6_bind"],
  ["cgroup/connect4", "bpf_sock_addr", "cgroup_inet4_connect"],
  ["cgroup/connect6", "bpf_sock_addr", "cgroup_inet6_connect"],
  ["cgroup/sendmsg4", "bpf_sock_addr", "cgroup_udp4_sendmsg"],
  ["cgroup/sendmsg6", "bpf_sock_addr", "cgroup_udp6_sendmsg"],
  ["cgroup/recvmsg4", "bpf_sock_addr", "cgroup_udp4_recvmsg"],
  ["cgroup/recvmsg6", "bpf_sock_addr", "cgroup_udp6_recvmsg"],
  ["cgroup/getpeername4", "bpf_sock_addr", "cgroup_inet4_getpeername"],
  ["cgroup/getpeername6", "bpf_sock_addr", "cgroup_inet6_getpeername"],
  ["cgroup/getsockname4", "bpf_sock_addr", "cgroup_inet4_getsockname"],
  ["cgroup/getsockname6", "bpf_sock_addr", "cgroup_inet6_getsockname"],
  ["sockops", "bpf_sock_ops", "cgroup_sock_ops"],
  ["cgroup/dev", "bpf_cgroup_dev_ctx", "cgroup_device"],
  ["cgroup/sysctl", "bpf_sysctl", "cgroup_sysctl"],
  ["cgroup/getsockopt", "bpf_sockopt", "cgroup_getsockopt"],
  ["cgroup/setsockopt", "bpf_sockopt", "cgroup_setsockopt"],
] as const;

/** The program of a hook; every other name is longer than what the kernel keeps. */
function functionOf(hook: string): string {
  const at = HOOKS.findIndex(([, , name]) => name === hook);
  return at % 2 === 0 ? `on_${at}` : `a_program_on_${hook}`;
}

const SOURCE = [
  "#include <linux/bpf.h>",
  "#include <bpf/bpf_helpers.h>",
  ...HOOKS.map(
    ([section, ctx, hook]) => `SEC("${section}") int ${functionOf(hook)}(struct ${ctx} *ctx) { return 1; }`,
  ),
  'char LICENSE[] SEC("license") = "GPL";',
  "",
].join("\n");

/** Below the root; the last one stays without programs of its own. */
const BELOW = ["web", "web/worker", "batch/deep/er", "with blank", "empty"];
const ATTACHED = ["", ...BELOW.slice(0, -1)];
const MODES = [["multi"], ["override"], []] as const;

const FORMS: readonly (readonly string[])[] = [[], ["-j"], ["-p"]];
const ATTEMPTS = 12;

export function cgroupTests(stage: () => Stage): void {
  describe("cgroups", () => {
    let root = "";
    let pins = "";

    beforeAll(async () => {
      const { stdout } = await run(["awk", '$3 == "cgroup2" { print $2; exit }', "/proc/mounts"]);
      root = path.join(stdout.trim(), `${stage().name}-cgroups`);
      pins = path.join(stage().pins, "cgroups");
      guard(root, pins);
      for (const name of BELOW) fs.mkdirSync(path.join(root, name), { recursive: true });
      await attachAll(stage().folder, root, pins);
    });

    afterAll(() => {
      removeTree(root);
      fs.rmSync(pins, { recursive: true, force: true });
      removeCopy();
    });

    const cases = (): string[][] => [
      ["cgroup", "tree", root],
      ["cgroup", "tree", `${root}//`, "effective"],
      ["cg", "t", path.join(root, "web"), "e"],
      ["cgroup", "tree", path.join(root, "empty")],
      ...["", ...BELOW].flatMap((name) => [
        ["cgroup", "show", path.join(root, name)],
        ["cgroup", "list", path.join(root, name), "effective"],
      ]),
      ["cgroup", "show", "/nosuch"],
      ["cgroup", "show", "/proc"],
      ["cgroup", "show", root, "x"],
      ["cgroup", "show", root, "eff", "e"],
      ["cgroup", "show"],
      ["cgroup", "tree", "/nosuch"],
      ["cgroup", "tree", "/proc/self/ns"],
      ["cgroup", "tree", root, "x"],
      ["cgroup", "tree", root, "e", "effective"],
    ];

    test.each(FORMS.map((form) => [form[0] ?? "plain", form] as const))(
      "both list the same: %s",
      async (_, form) => {
        for (const argv of cases()) expect(await differenceOf([...form, ...argv])).toBeUndefined();
      },
    );

    test("the whole hierarchy", async () => {
      expect(await differenceOf(["cgroup", "tree"])).toBeUndefined();
      expect(await differenceOf(["-j", "cgroup", "tree"])).toBeUndefined();
    });

    test("all hooks are there", async () => {
      const { stdout } = await bpflens(["-j", "cgroup", "tree", root]);
      const hooks = JSON.parse(stdout).flatMap(({ programs }: Tree) => programs);
      expect(new Set(hooks.map(({ attach_type }: Row) => attach_type)).size).toBe(HOOKS.length);
      expect(new Set(hooks.map(({ attach_flags }: Row) => attach_flags))).toEqual(
        new Set(["multi", "override", ""]),
      );
    });

    test("'effective' alone is the word, not a path", async () => {
      const [word, path_] = [
        await bpflens(["-j", "cgroup", "tree", "effective"]),
        await bpflens(["-j", "cgroup", "tree", root, "effective"]),
      ];
      const own = JSON.parse(word.stdout).filter(({ cgroup }: Tree) => `${cgroup}/`.startsWith(`${root}/`));
      expect(own).toEqual(JSON.parse(path_.stdout));
    });

    test("a user who may do nothing", async () => {
      for (const form of FORMS) {
        for (const argv of [
          ["cgroup", "tree", root],
          ["cgroup", "show", root],
        ])
          expect(await differenceOf([...form, ...argv], bpftoolAsNobody, bpflensAsNobody)).toBeUndefined();
      }
    });

    test("cgroups that come and go do not end the walk", async () => {
      const churn = spawn("bash", [
        "-c",
        'while mkdir -p "$0"/churn/{a,b,c,d}/{a,b,c,d}; do find "$0/churn" -depth -type d -exec rmdir {} +; done',
        root,
      ]);
      try {
        for (let times = 0; times < ATTEMPTS; times++) {
          const { stderr, status } = await bpflens(["cgroup", "tree", root, "effective"]);
          expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
        }
      } finally {
        churn.kill();
      }
    });

    test("a snapshot answers the same", async () => {
      const file = path.join(stage().folder, "cgroups.zip");
      const saved = await bpflens(["snapshot", "save", file, "--map-data", "none", "--no-kernel-btf"]);
      expect(saved.status).toBe(0);
      for (const argv of cases().slice(0, 4 + 2 * (BELOW.length + 1)))
        expect(await bpflens(["--from", file, ...argv])).toEqual(await bpflens(argv));
    });
  });
}

interface Row {
  readonly attach_type: string;
  readonly attach_flags?: string;
}

interface Tree {
  readonly cgroup: string;
  readonly programs: readonly Row[];
}

/** One program of each hook, over the cgroups in turn; the first hook has one on each. */
async function attachAll(folder: string, root: string, pins: string): Promise<void> {
  const [source, object] = [path.join(folder, "cgroups.bpf.c"), path.join(folder, "cgroups.o")];
  fs.writeFileSync(source, SOURCE);
  const target = ["-O2", "-g", "-target", "bpf", "-I/usr/include/x86_64-linux-gnu"];
  await succeed(["clang", ...target, "-c", source, "-o", object]);
  await succeed(["bpftool", "prog", "loadall", object, pins]);
  for (const [at, [, , hook]] of HOOKS.entries()) {
    const places = at === 0 ? ATTACHED : [ATTACHED[at % ATTACHED.length] ?? ""];
    const mode = at === 0 ? ["multi"] : (MODES[at % MODES.length] ?? []);
    const pin = path.join(pins, functionOf(hook));
    for (const place of places)
      await succeed(["bpftool", "cgroup", "attach", path.join(root, place), hook, "pinned", pin, ...mode]);
  }
}

async function succeed(command: readonly string[]): Promise<void> {
  const { status, stderr } = await run(command);
  if (status !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
}

/** undefined where both print the same but for what is known. Others may attach and detach in between. */
async function differenceOf(
  argv: readonly string[],
  theirRun: Run = bpftool,
  ourRun: Run = bpflens,
): Promise<string | undefined> {
  let difference = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [theirs, ours] = [knownOf(await theirRun(argv), argv), ourOwn(await ourRun(argv))];
    difference = `${argv.join(" ")}:\n${JSON.stringify(theirs, null, 1)}\n${JSON.stringify(ours, null, 1)}`;
    if (JSON.stringify(theirs) === JSON.stringify(ours)) return undefined;
  }
  return difference;
}

/** bpftool 7.1.0 as it should be (behaviour.md 24.9, 24.22): no blanks for an empty name, nor the name; a list is a list. */
function knownOf({ stdout, stderr, status }: Output, argv: readonly string[]): Output {
  const isEmpty = stdout === "\n" && argv.some((word) => word === "-j" || word === "-p");
  const named = stdout.replace(/ {16}$/gm, "").replace(/\s*"attach_btf_name": ?"",/g, "");
  return { stdout: isEmpty ? "[]\n" : inOrder(named), stderr, status };
}

/** Without the hint that only bpflens gives. */
function ourOwn({ stdout, stderr, status }: Output): Output {
  return { stdout: inOrder(stdout), stderr: stderr.replace(/^Hint: .*\n/m, ""), status };
}

/** 7.1.0 lists hooks by their numbers, 7.8.0 in an order of its own: here by name, those of a cgroup side by side. */
function inOrder(text: string): string {
  if (/^[[{]/.test(text)) return objectsInOrder(text);
  return text.replace(/(?:^ *\d+ +\w+ .*\n)+/gm, (rows) => {
    const hookOf = (row: string) => row.trim().split(/\s+/)[1] ?? "";
    return rows
      .split(/(?<=\n)(?=.)/)
      .sort((a, b) => (hookOf(a) < hookOf(b) ? -1 : hookOf(a) > hookOf(b) ? 1 : 0))
      .join("");
  });
}

/** Objects of programs keep their text; the layout around them is the same whatever their order. */
function objectsInOrder(text: string): string {
  return text.replace(/\{\s*"id"[^}]*\}(?:,\{\s*"id"[^}]*\})*/g, (list) => {
    const hookOf = (object: string) => /"attach_type": ?"(\w+)"/.exec(object)?.[1] ?? "";
    return list
      .split(/(?<=\}),(?=\{)/)
      .sort((a, b) => (hookOf(a) < hookOf(b) ? -1 : hookOf(a) > hookOf(b) ? 1 : 0))
      .join(",");
  });
}

function removeTree(folder: string): void {
  if (!fs.existsSync(folder)) return;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(path.join(folder, entry.name));
  fs.rmdirSync(folder);
}

/** Removes all of it when this process ends, however it ends. */
function guard(root: string, pins: string): void {
  const wait =
    'while kill -0 "$0" 2>/dev/null; do sleep 1; done; find "$1" -depth -type d -exec rmdir {} +; rm -rf "$2"';
  spawn("bash", ["-c", wait, String(process.pid), root, pins], { detached: true, stdio: "ignore" }).unref();
}
