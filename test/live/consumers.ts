/**
 * Lines of consumers (test/consumers) that ask the running kernel: each prints with bpflens as `bpftool` what it prints with
 * Debian's bpftool 7.1.0. Hints on stderr are bpflens's own. They name objects of the stage, since others come and go.
 */
import { describe, expect, test } from "vitest";
import { consumerShell } from "../consumers/shell.ts";
import type { Stage } from "./stage.ts";
import { run } from "./tools.ts";

/** PINS is the folder of the stage's pins, NETNS its network namespace, GUARD a program's id. */
const LINES: readonly (readonly [who: string, line: string])[] = [
  [
    "Calico: a pinned map",
    "bpftool --json --pretty map show pinned PINS/xdp_guard_maps/talkers | jq -c '[.id, .type, .bytes_key, .bytes_value]'",
  ],
  [
    "Calico: a dump of a pinned map",
    "bpftool --json --pretty map dump pinned PINS/xdp_guard_maps/blocked | jq -c '.[] | [.key, .value]'",
  ],
  [
    "Calico: the first key",
    "bpftool map getnext pinned PINS/xdp_guard_maps/blocked --json | jq -c .next_key",
  ],
  [
    "Calico: no such pin",
    "set -o pipefail; bpftool --json --pretty map show pinned PINS/none | jq -r .error",
  ],
  [
    "Cilium: tries and where they are pinned",
    `bpftool map list --bpffs -j | jq -c '.[] | select(.type=="lpm_trie") | .pinned[]?' | grep PINS/`,
  ],
  [
    "Tetragon: a plain dump is JSON",
    "bpftool map dump pinned PINS/xdp_guard_maps/counters | jq -c '.[] | .key as $key | .values[] | [$key, .cpu, .value]'",
  ],
  [
    "inspektor-gadget: constants of a program",
    `bpftool map dump pinned PINS/xdp_guard_maps/xdp_guar_rodata | jq -c '.[0].value.".rodata"[]'`,
  ],
  [
    "RDMA and QoS scripts: a value as hex digits",
    `bpftool -jp map lookup pinned PINS/xdp_guard_maps/counters key hex 01 00 00 00 | jq -r '.values[0].value | map(.[2:]) | join("")'`,
  ],
  [
    "bpfman: XDP devices",
    "ip netns exec NETNS bpftool net show | sed -n 's/^\\(veth[01]\\)([0-9]*) driver id \\([0-9]*\\)$/\\1 \\2/p'",
  ],
  [
    "bpfman: the name of a program, and its links",
    "bpftool prog show id GUARD -j | jq -r .name; bpftool -f link show -j | jq -c '.[] | select(.prog_id==GUARD) | .id'",
  ],
  [
    "bash completion: a tag",
    String.raw`bpftool -jp prog show id GUARD | command sed -n 's/.*"tag": "\(.*\)",$/\1/p'`,
  ],
  [
    "sos: a plain listing",
    "bpftool -j prog list | jq '.[].id' | grep -x GUARD; bpftool prog dump xlated id GUARD | wc -l",
  ],
  ["Makefiles: what the kernel knows", "bpftool feature probe | grep 'map_type hash '"],
  [
    "Makefiles: the types of the kernel",
    "bpftool btf dump file /sys/kernel/btf/vmlinux format c | grep -c '^struct task_struct {'",
  ],
];

export function consumerTests(stage: () => Stage): void {
  describe("lines of consumers", () => {
    test.each(LINES)("%s: %s", async (_, line) => {
      const { name, pins, folder, progs } = stage();
      const guard = progs.find((prog) => prog.name === "xdp_guard")?.id;
      const said = line.replaceAll("PINS", pins).replaceAll("NETNS", name).replaceAll("GUARD", String(guard));
      const theirs = await run(["bash", "-c", said]);
      expect(theirs.stdout).toMatch(/\S/);
      const { stdout, status } = consumerShell(folder, "")(said);
      expect({ stdout, status }).toEqual({ stdout: theirs.stdout, status: theirs.status });
    });
  });
}
