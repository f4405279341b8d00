/** Lines of Calico and Cilium. */
import { recorded } from "../sources/recorded-cgroups.ts";
import { MAPS, pinsOf } from "./demo.ts";
import { type ConsumerLine, compact, lines } from "./line.ts";
import { CALICO_MAPS, QOS } from "./machine.ts";

const LPM_TRIE = 11;
/** The cgroups that bpftool 7.8.0 printed. */
const CGROUPS: readonly {
  readonly cgroup: string;
  readonly programs: readonly Readonly<Record<string, unknown>>[];
}[] = JSON.parse(recorded("tree.json"));
const [CGROUP] = CGROUPS as [(typeof CGROUPS)[number]];

const CALICO: readonly ConsumerLine[] = [
  {
    who: "Calico: programs on a device",
    place: "net",
    tool: "jq",
    line: `bpftool -j net | jq '.[].tc[] | select(.devname=="lo" and .kind=="tcx/ingress") | .prog_id'`,
    wanted: lines([61, 62]),
  },
  {
    who: "Calico: clsact rows have an id, and no prog_id",
    place: "net",
    tool: "jq",
    line: `bpftool net -j | jq -c '.[0].tc[] | select(.kind=="clsact/ingress") | [.devname, .id, .name, .prog_id]'`,
    wanted: compact([["eth0", 59, "in", null]]),
  },
  {
    who: "Calico: XDP modes",
    place: "net",
    tool: "jq",
    line: `bpftool -j net show | jq -c '.[0].xdp[] | select(.id) | [.devname, .ifindex, .mode, .id]'`,
    wanted: compact([
      ["lo", 1, "generic", 40],
      ["eth0", 2, "driver", 41],
      ["off0", 3, "offload", 42],
      ['q"uo\\te', 70_000, "generic", 48],
    ]),
  },
  {
    who: "Calico: a name of several maps",
    place: "made",
    tool: "jq",
    line: `bpftool map dump name cali_qos -j | jq -r '.[].elements[] | (.key | join(" ")) + " " + (.value | join(" "))'`,
    wanted: lines(
      QOS.map(({ key, value }) => {
        const bytes = [...Buffer.from(Uint32Array.of(...key, value).buffer)];
        return bytes.map((byte) => `0x${byte.toString(16).padStart(2, "0")}`).join(" ");
      }),
    ),
  },
  {
    who: "Calico: its maps in the plain list",
    place: "made",
    line: "bpftool map list | sed -nE 's/^([0-9]+):.*name (cali[A-Za-z0-9_]+).*/\\1 \\2/p'",
    wanted: lines([
      ...QOS.map(({ id }) => `${id} cali_qos`),
      ...CALICO_MAPS.map(({ id, name }) => `${id} ${name}`),
    ]),
  },
  {
    who: "Calico: the id stands before the first colon",
    place: "made",
    line: "bpftool map show pinned /sys/fs/bpf/tc/globals/cali_v4_ct | head -1 | cut -d: -f1",
    wanted: lines([CALICO_MAPS[1].id]),
  },
  {
    who: "Calico: entries of a plain dump",
    place: "made",
    line: "bpftool map dump pinned /sys/fs/bpf/tc/globals/cali_v4_ct | grep -c '^key:'",
    wanted: lines([CALICO_MAPS[1].entries]),
  },
  {
    who: "Calico: a dump of a pinned map",
    place: "made",
    tool: "jq",
    line: "bpftool --json --pretty map dump pinned /sys/fs/bpf/tc/globals/cali_v4_routes | jq -c '.[] | [.key[0], .value[0]]'",
    wanted: compact(Array.from({ length: CALICO_MAPS[0].entries }, (_, i) => [`0x0${i + 1}`, `0x0${i}`])),
  },
  {
    who: "Calico: no such pin",
    place: "made",
    tool: "jq",
    line: "set -o pipefail; bpftool --json --pretty map show pinned /sys/fs/bpf/tc/globals/none | jq -r .error",
    wanted: lines(["bpf obj get (/sys/fs/bpf/tc/globals/none): No such file or directory"]),
    status: 255,
  },
  {
    who: "Calico: the next key",
    place: "made",
    tool: "jq",
    line: "bpftool map getnext pinned /sys/fs/bpf/tc/globals/cali_v4_ct key 1 0 0 0 0 0 0 0 --json | jq -c .next_key",
    wanted: compact([["0x02", ...Array<string>(7).fill("0x00")]]),
  },
  {
    who: "Calico: programs of a cgroup",
    place: "cgroups",
    tool: "jq",
    line: `bpftool -j cgroup show ${CGROUP.cgroup} | jq -c '.[] | [.id, .attach_type, .attach_flags, .name]'`,
    wanted: compact(
      CGROUP.programs.map(({ id, attach_type, attach_flags, name }) => [id, attach_type, attach_flags, name]),
    ),
  },
];

const CILIUM: readonly ConsumerLine[] = [
  {
    who: "Cilium: tries and where they are pinned",
    place: "demo",
    tool: "jq",
    line: `bpftool map list --bpffs -j | jq -c '.[] | select(.type=="lpm_trie") | [.id, .pinned[]?]'`,
    wanted: compact(MAPS.filter(({ type }) => type === LPM_TRIE).map(({ id }) => [id, ...pinsOf("map", id)])),
  },
  {
    who: "Cilium: memory of maps, as a metric",
    place: "demo",
    tool: "jq",
    line: "bpftool -j map show | jq '[.[].bytes_memlock] | add'",
    wanted: lines([MAPS.reduce((sum, { memlock }) => sum + Number(memlock ?? 0), 0)]),
  },
];

export const NETWORK_LINES = [...CALICO, ...CILIUM] as const;
