/**
 * `net show` beside bpftool 7.1.0, in the stage's network namespace with more devices in it: qdiscs of one handle on two
 * devices, an ingress qdisc, XDP in both modes.
 */
import { spawn } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { editObjects, type JsonObject } from "./json.ts";
import type { Stage } from "./stage.ts";
import { bpflens, type Output, ROOT, run } from "./tools.ts";

const CLI = path.join(ROOT, "bin/bpflens.cjs");
const FORMS: readonly (readonly string[])[] = [[], ["-j"], ["-p"]];

/** Devices and what hangs on them. XDP and TC stand for pinned programs. */
const SET_UP = `
ip link add htb0 type veth peer name htb1
ip link add ing0 type veth peer name gen0
tc qdisc add dev htb0 root handle 1: htb
tc class add dev htb0 parent 1: classid 1:10 htb rate 1mbit
tc filter add dev htb0 parent 1:10 bpf da object-pinned TC
tc qdisc add dev htb1 root handle 1: htb
tc filter add dev htb1 parent 1: bpf da object-pinned TC
tc filter add dev htb1 parent 1: prio 7 u32 match u32 0 0
tc qdisc add dev ing0 ingress
tc filter add dev ing0 parent ffff: bpf da object-pinned TC action mirred egress redirect dev gen0
bpftool net attach xdpgeneric pinned XDP dev gen0
`;
const TAKE_DOWN = `
ip link del htb0
ip link del ing0
`;
const DEVICES = ["lo", "veth0", "veth1", "htb0", "htb1", "ing0", "gen0"];

function linesOf(text: string): string[] {
  return text.trim().split("\n");
}

/** bpflens without what 7.1.0 does not tell: tcx, netkit, netfilter (behaviour.md 23, row 'net show'). */
function asOld({ stdout, ...rest }: Output): Output {
  const plain = stdout.replace(/^\S+ (tcx|netkit)\/.*\n/gm, "").replace(/^netfilter:\n[\s\S]*/m, "");
  const isOld = ({ kind }: JsonObject) => !/^(tcx|netkit)\//.test(String(kind));
  const changed = editObjects(plain, (net) => {
    delete net.netfilter;
    net.tc = (net.tc as JsonObject[]).filter(isOld);
  });
  return { ...rest, stdout: changed };
}

/** behaviour.md 24.16: an object's key stands in an array. */
function withValidJson(stdout: string): string {
  return stdout
    .replace(/("flow_dissector":\[)("id":\d+)\]/, "$1{$2}]")
    .replace(/("flow_dissector": \[)\n {12}("id": \d+)\n/, "$1{\n                $2\n            }\n");
}

/**
 * bpftool asks each device for filters at the handles of the qdiscs of all devices, and below clsact where there is none:
 * it gets the same ones again, and tells them by other names.
 */
function withoutRepeats({ stdout, ...rest }: Output): Output {
  const told = new Set<string>();
  const isFirst = (row: string) => !told.has(row) && told.add(row).size > 0;
  const plain = linesOf(`${withValidJson(stdout)}.`)
    .filter((line) => !/^ing0\(\d+\) (root|clsact)/.test(line))
    .filter((line) => !/^htb\d\(/.test(line) || isFirst(line))
    .join("\n")
    .slice(0, -1);
  const changed = editObjects(plain, (net) => {
    net.tc = (net.tc as JsonObject[]).filter(({ devname, kind, id }) => {
      if (devname === "ing0") return kind === "ingress";
      return !/^htb/.test(String(devname)) || isFirst(`${devname} ${kind} ${id}`);
    });
  });
  return { ...rest, stdout: changed };
}

export function netTests(stage: () => Stage): void {
  describe("net show", () => {
    const enter = () => ["nsenter", `--net=/run/netns/${stage().name}`];
    const theirs = (...argv: readonly string[]) => run([...enter(), "bpftool", ...argv]);
    const ours = (...argv: readonly string[]) => run([...enter(), process.execPath, CLI, ...argv]);
    const shell = async (text: string) => {
      for (const line of linesOf(text)) {
        const command = line
          .replace("TC", `${stage().pins}/tc_shape/tc_shape`)
          .replace("XDP", `${stage().pins}/xdp_guard/xdp_redirect_port`);
        expect(await run([...enter(), ...command.split(" ")]), command).toMatchObject({ status: 0 });
      }
    };

    beforeAll(() => shell(SET_UP));
    afterAll(() => shell(TAKE_DOWN));

    test.each(FORMS.map((form) => [form.join(" "), form] as const))("net %s", async (_, form) => {
      const [wanted, got] = [await theirs(...form, "net", "show"), await ours(...form, "net", "show")];
      expect(asOld(got)).toEqual(withoutRepeats(wanted));
      expect(withoutRepeats(wanted).stdout.length).toBeLessThan(wanted.stdout.length);
      expect(asOld(got).stdout.length).toBeLessThan(got.stdout.length);
    });

    test.each(DEVICES)("net show dev %s", async (device) => {
      for (const form of FORMS) {
        const words = [...form, "net", "show", "dev", device];
        expect(asOld(await ours(...words))).toEqual(withoutRepeats(await theirs(...words)));
      }
    });

    test.each([
      "net show dev nosuch",
      "-j net show dev nosuch",
      "net show what ever",
      "-p net show what ever",
      "-j net show dev",
      "-j net show dev lo more",
    ])("%s", async (line) => {
      const words = line.split(" ");
      expect(await ours(...words)).toEqual(await theirs(...words));
    });

    test("tcx, netfilter and every mode that this kernel has", async () => {
      const [net] = JSON.parse((await ours("-j", "net", "show")).stdout);
      const modes = net.xdp.map(({ devname, mode }: JsonObject) => `${devname} ${mode}`).sort();
      expect(modes).toEqual(["gen0 generic", "veth0 driver", "veth1 driver"]);
      expect(net.tc).toContainEqual(
        expect.objectContaining({ devname: "veth0", kind: "tcx/ingress", prog_flags: [], link_flags: [] }),
      );
      expect(net.netfilter).toContainEqual(expect.objectContaining({ pf: 2, hook: 1, prio: -100 }));
      expect(net.flow_dissector).toEqual([{ id: expect.any(Number) }]);
    });

    test("every namespace, from outside", async () => {
      const [inside] = JSON.parse((await ours("-j", "net", "show")).stdout);
      const { stdout, stderr, status } = await bpflens(["-j", "net", "show", "--all-netns"]);
      expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
      const all: JsonObject[] = JSON.parse(stdout);
      expect(all[0]?.netns).toMatchObject({ own: true });
      const found = all.filter(({ netns }) => (netns as JsonObject | null)?.own === false);
      const there = found.find(({ netns }) => JSON.stringify(netns).includes(`"${stage().name}"`));
      expect(there).toMatchObject({ xdp: inside.xdp, tc: inside.tc, flow_dissector: inside.flow_dissector });
      expect(all.at(-1)).toMatchObject({ netns: null, netfilter: inside.netfilter });
    });

    test("devices and namespaces that come and go", async () => {
      const { name } = stage();
      const restless =
        'for i in $(seq 60); do ip -n "$0" link add r$i type veth peer name s$i; ip netns add "$0-$i"; ' +
        'ip -n "$0" link del r$i; ip netns del "$0-$i"; done';
      const child = spawn("bash", ["-c", restless, name], { stdio: "ignore" });
      const ended = new Promise((resolve) => child.on("close", resolve));
      let over = false;
      void ended.then(() => {
        over = true;
      });
      while (!over) {
        const { stdout, stderr, status } = await bpflens(["-j", "net", "show", "--all-netns"]);
        expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
        const there = (JSON.parse(stdout) as JsonObject[]).find(({ netns }) =>
          JSON.stringify(netns).includes(`"${name}"`),
        );
        expect(there?.xdp).toHaveLength(3);
      }
    });
  });
}
