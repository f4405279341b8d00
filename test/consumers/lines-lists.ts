/** Lines that read lists of objects. */
import { recorded } from "../sources/recorded-cgroups.ts";
import {
  BTFS,
  entriesOf,
  LINKS,
  loadedAt,
  MAPS,
  named,
  nameOf,
  PERF,
  PROGS,
  pinsOf,
  placesOf,
} from "./demo.ts";
import { type ConsumerLine, compact, lines } from "./line.ts";
import { CALICO_MAPS, FIRST_MEMLOCK, OFFLOADED, QOS } from "./machine.ts";

const GUARD = named(PROGS, "xdp_guard");
const TALKERS = named(MAPS, "talkers");
const [TALKER] = entriesOf(TALKERS) as [ReturnType<typeof entriesOf>[number]];
/** The cgroups that bpftool 7.8.0 printed. */
const CGROUPS: readonly {
  readonly cgroup: string;
  readonly programs: readonly Readonly<Record<string, unknown>>[];
}[] = JSON.parse(recorded("tree.json"));
/** enum bpf_task_fd_type */
const FD_TYPES = ["raw_tracepoint", "tracepoint", "kprobe", "kretprobe", "uprobe", "uretprobe"];
const FIRST_PROGS = PROGS.slice(0, 3);

const LISTS: readonly ConsumerLine[] = [
  {
    who: "bpfman: XDP devices",
    place: "net",
    tool: "jq",
    line: `bpftool net show -j | jq -r '.[0].xdp[] | select(.id) | "\\(.devname) \\(.id)"' | head -3`,
    wanted: lines(["lo 40", "eth0 41", "off0 42"]),
  },
  {
    who: "bpfman: filters of a name",
    place: "net",
    tool: "jq",
    line: `bpftool net show -j | jq -r '.[0].tc[] | select(.name=="tcx_one") | .devname'`,
    wanted: lines(["lo", "kit0"]),
  },
  {
    who: "bpfman: pins of links of a program",
    place: "demo",
    tool: "jq",
    line: LINKS.slice(0, 3)
      .map(
        ({ progId }) =>
          `bpftool -f link show -j | jq -c '.[] | select(.prog_id==${progId}) | [.id, (.pinned[]?)]'`,
      )
      .join("; "),
    wanted: compact(
      LINKS.slice(0, 3).flatMap(({ progId }) =>
        LINKS.filter((link) => link.progId === progId).map(({ id }) => [id, ...pinsOf("link", id)]),
      ),
    ),
  },
  {
    who: "bpfman: one program",
    place: "demo",
    tool: "jq",
    line: `bpftool prog show id ${GUARD.id} -j | jq -r .name`,
    wanted: lines(["xdp_guard"]),
  },
  {
    who: "qmonnet: programs of all modes of XDP",
    place: "net",
    tool: "jq",
    line: `bpftool -j net show | jq -c '.[].xdp[] | [.devname, (.id // .multi_attachments[]?.id)]' | head -5`,
    wanted: compact([
      ["lo", 40],
      ["eth0", 41],
      ["off0", 42],
      ["multi0", 44, 43, 4_294_967_295],
      ["kit0", 45],
    ]),
  },
  {
    who: "libkefir: the map of an offloaded program",
    place: "made",
    tool: "jq",
    line: `bpftool -jp prog show | jq '.[]|select(.dev.ifname=="${OFFLOADED.ifname}")|.map_ids[0]'`,
    wanted: lines([OFFLOADED.maps[0]]),
  },
  {
    who: "node_exporter: memory of each map",
    place: "made",
    tool: "jq",
    line: `bpftool map show -j | jq -r '.[] | "bpf_map_bytes{id=\\"\\(.id)\\"} \\(.bytes_memlock)"'`,
    wanted: lines([
      ...QOS.map(({ id }) => `bpf_map_bytes{id="${id}"} ${FIRST_MEMLOCK}`),
      ...CALICO_MAPS.map(({ id }) => `bpf_map_bytes{id="${id}"} ${id * FIRST_MEMLOCK}`),
      ...[55, 56, 57].map((id) => `bpf_map_bytes{id="${id}"} null`),
    ]),
  },
  {
    who: "cgroup scripts: no output where nothing is attached",
    place: "cgroups",
    line: 'out=$(bpftool cgroup show /sys/fs/cgroup/unified/app/empty); echo "[$out]"',
    wanted: lines(["[]"]),
  },
  {
    who: "ebpfmon: features of the build",
    place: "demo",
    tool: "jq",
    line: "bpftool version -j | jq -c '.features | keys_unsorted'",
    wanted: compact([["libbfd", "llvm", "crypto", "skeletons", "bootstrap"]]),
  },
  {
    who: "ebpfmon: what hangs on perf events",
    place: "demo",
    tool: "jq",
    line: "bpftool -j perf list | jq -c '.[] | [.pid, .fd, .prog_id, .fd_type, (.tracepoint // .func // .filename)]'",
    wanted: compact(
      PERF.map(({ pid, fd, progId, fdType, name }) => [pid, fd, progId, FD_TYPES[fdType], name]),
    ),
  },
  {
    who: "ebpfmon: cgroups with programs",
    place: "cgroups",
    tool: "jq",
    line: "bpftool -j cgroup tree | jq -c '.[] | [.cgroup, (.programs | map(.id))]'",
    wanted: compact(CGROUPS.map(({ cgroup, programs }) => [cgroup, programs.map(({ id }) => id)])),
  },
  {
    who: "ebpfmon: options behind the object",
    place: "demo",
    tool: "jq",
    line: `bpftool map -jf show id ${TALKERS.id} | jq -c '.pinned'; bpftool map -jf dump id ${TALKERS.id} | jq -c '.[].formatted.value'`,
    wanted: compact([pinsOf("map", TALKERS.id), Number(TALKER.value.readBigUInt64LE())]),
  },
  {
    who: "a host inventory: seconds since the epoch, as numbers",
    place: "demo",
    tool: "jq",
    line: "bpftool -j prog show | jq '.[].loaded_at'",
    wanted: lines(PROGS.map(loadedAt)),
  },
  {
    who: "a host inventory: nothing of a kind is no error",
    place: "net",
    tool: "jq",
    line: "bpftool -j map show | jq length; bpftool -j perf show | jq length",
    wanted: lines([0, 0]),
  },
  {
    who: "one-offs: shortened words",
    place: "demo",
    line: `bpftool m s id ${TALKERS.id} | head -1 | cut -d' ' -f1-5; bpftool p d x id ${GUARD.id} | grep -cE '^ *[0-9]+: '`,
    wanted: lines([`${TALKERS.id}: hash  name talkers`, placesOf(GUARD).length]),
  },
  {
    who: "one-offs: a batch",
    place: "made",
    line: `printf 'map show id 53 # one\n\nmap show id 54\n' > commands; bpftool batch file commands | grep -E '^[0-9]+:|processed'`,
    wanted: lines([
      ...CALICO_MAPS.map(
        ({ id, name }, i) => `${id}: ${i === 0 ? "lpm_trie" : "hash"}  name ${name}  flags 0x0`,
      ),
      "processed 2 commands",
    ]),
  },
  {
    who: "sos: ids, and a dump of each",
    place: "demo",
    tool: "jq",
    line: `for id in $(bpftool -j prog list | jq '.[].id' | head -3); do
             bpftool prog dump xlated id $id > bpftool_prog_dump_xlated_id_$id
             grep -oE '^ *[0-9]+: \\(' bpftool_prog_dump_xlated_id_$id | tr -d ' :('
           done`,
    wanted: lines(FIRST_PROGS.flatMap(placesOf)),
  },
  {
    who: "struct_ops clients: the list",
    place: "struct_ops",
    tool: "jq",
    line: "bpftool struct_ops list --json | jq -c '.[] | [.id, .name, .kernel_struct_ops]'",
    wanted: compact([
      [10_607, "sa_cc", "tcp_congestion_ops"],
      [10_608, "sa_cc_link", "tcp_congestion_ops"],
    ]),
  },
];

/** The words that a shell offers come out of the pretty layout, read with sed. */
const COMPLETION: readonly ConsumerLine[] = [
  ["map", String.raw`s/.*"id": \(.*\),$/\1/p`, MAPS.map(({ id }) => id)],
  ["map", String.raw`s/.*"name": \(.*\),$/\1/p`, MAPS.map((map) => JSON.stringify(nameOf(map)))],
  ["prog", String.raw`s/.*"id": \(.*\),$/\1/p`, PROGS.map(({ id }) => id)],
  ["prog", String.raw`s/.*"tag": "\(.*\)",$/\1/p`, PROGS.map(({ tag }) => tag)],
  ["prog", String.raw`s/.*"name": "\(.*\)",$/\1/p`, PROGS.map(nameOf)],
  ["btf", String.raw`s/.*"id": \(.*\),$/\1/p`, BTFS.map(({ id }) => id)],
  ["link", String.raw`s/.*"id": \(.*\),$/\1/p`, LINKS.map(({ id }) => id)],
  [`map show id ${TALKERS.id}`, String.raw`s/.*"type": "\(.*\)",$/\1/p`, ["hash"]],
  [`prog show id ${GUARD.id}`, String.raw`s/.*"btf_id": \([0-9]*\),\{0,1\}$/\1/p`, [GUARD.btfId]],
].map(([words, script, wanted]) => ({
  who: "bash completion",
  place: "demo",
  line: `bpftool -jp ${words} 2>&1 | command sed -n '${script}'`,
  wanted: lines(wanted as readonly unknown[]),
}));

export const LIST_LINES = [...LISTS, ...COMPLETION] as const;
