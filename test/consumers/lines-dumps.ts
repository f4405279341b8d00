/** Lines that read contents of maps, instructions and types. */
import { btfFile, entriesOf, hex, MAPS, named, PROGS, placesOf } from "./demo.ts";
import { type ConsumerLine, compact, lines } from "./line.ts";
import { CALICO_MAPS, RATES, RULE_COUNTERS, RUNS, SETTINGS } from "./machine.ts";

const GUARD = named(PROGS, "xdp_guard");
const TALKERS = named(MAPS, "talkers");
const [TALKER] = entriesOf(TALKERS) as [ReturnType<typeof entriesOf>[number]];

const TETRAGON: readonly ConsumerLine[] = [
  {
    who: "Tetragon: maps of one name",
    place: "made",
    line: `bpftool map | awk '$3=="name"{print $4}' | sort | uniq -d`,
    wanted: lines(["cali_qos"]),
  },
  {
    who: "Tetragon: rates of cgroups, from a plain dump",
    place: "made",
    tool: "jq",
    line: "bpftool map dump pinned /sys/fs/bpf/tetragon/cg_rate_map | jq -c '.[] | .key.id as $id | .values[] | [$id, .cpu, .value.curr]'",
    wanted: compact(RATES.flatMap(({ cgroup, curr }) => curr.map((rate, cpu) => [cgroup, cpu, rate]))),
  },
  {
    who: "Tetragon: run time, absent where there is none",
    place: "made",
    tool: "jq",
    line: "bpftool prog show -j | jq -c '.[] | select(.name) | [.id, .type, .name, .run_time_ns, .run_cnt]'",
    wanted: compact(RUNS.map(({ id, name, ns, count }) => [id, "xdp", name, ns || null, count || null])),
  },
];

const DUMPS: readonly ConsumerLine[] = [
  ...RULE_COUNTERS.map(
    (counts, i): ConsumerLine => ({
      who: `bpfilter: the counter of rule ${i}, from a plain dump`,
      place: "made",
      tool: "jq",
      line: `bpftool map dump pinned /sys/fs/bpf/bpfilter/rule_counters | jq '.[${i}].values | map(.value.count) | add'`,
      wanted: lines([counts[0] + counts[1]]),
    }),
  ),
  {
    who: "inspektor-gadget: constants of a program",
    place: "made",
    tool: "jq",
    line: `bpftool map dump name .rodata | jq -c '.[0].value.".rodata"[]'`,
    wanted: compact(Object.entries(SETTINGS).map(([name, value]) => ({ [name]: value }))),
  },
  {
    who: "one-offs: formatted values",
    place: "made",
    tool: "jq",
    line: "bpftool -j map dump id 55 | jq -c '[.[].formatted.values[]?.value.count]'",
    wanted: compact([RULE_COUNTERS.flat()]),
  },
  {
    who: "one-offs: bytes of each CPU",
    place: "made",
    tool: "jq",
    line: "bpftool -j map dump id 55 | jq -c '.[0].values[] | [.cpu, .value[0]]'",
    wanted: compact(RULE_COUNTERS[0].map((count, cpu) => [cpu, `0x0${count}`])),
  },
  {
    who: "RDMA and QoS scripts: a value as hex digits",
    place: "demo",
    tool: "jq",
    line: `bpftool -jp map lookup name talkers key hex ${hex(TALKER.key)} | jq -r '.value | map(.[2:]) | join("")'`,
    wanted: lines([TALKER.value.toString("hex")]),
  },
  {
    who: "eBPF for Windows: entries and their number",
    place: "made",
    line: `bpftool map dump id ${CALICO_MAPS[0].id}`,
    wanted: lines([
      "key: 01 00 00 00 00 00 00 00  value: 00 00 00 00",
      "key: 02 00 00 00 00 00 00 00  value: 01 00 00 00",
      "Found 2 elements",
    ]),
  },
  {
    who: "eBPF for Windows: no such program",
    place: "demo",
    line: "bpftool prog show id 1",
    wanted: "",
    stderr: "Error: get by id (1): No such file or directory\n",
    status: 255,
  },
];

const LISTINGS: readonly ConsumerLine[] = [
  {
    who: "fuzzers: every byte of the compiled code is there",
    place: "demo",
    tool: "jq",
    line: `bpftool --json --pretty prog dump jited id ${GUARD.id} opcodes | jq '[.[].insns[].opcodes | length] | add'`,
    wanted: lines([GUARD.jitedLen]),
  },
  {
    who: "fuzzers: instructions in plain and JSON are as many",
    place: "demo",
    tool: "jq",
    line: `bpftool prog dump xlated id ${GUARD.id} | grep -cE '^ *[0-9]+: \\('; bpftool --json --pretty prog dump xlated id ${GUARD.id} | jq length`,
    wanted: lines([placesOf(GUARD).length, placesOf(GUARD).length]),
  },
  {
    who: "Makefiles, aya-tool: types that compile",
    place: "demo",
    tool: "clang",
    line: `bpftool btf dump file ${btfFile(GUARD.btfId)} format c > vmlinux.h &&
           printf '#include "vmlinux.h"\\n_Static_assert(sizeof(struct xdp_md) == 24, "");\\n' > use.c &&
           clang -target bpf -Wall -Werror -fsyntax-only use.c && echo compiles`,
    wanted: lines(["compiles"]),
  },
];

export const DUMP_LINES = [...TETRAGON, ...DUMPS, ...LISTINGS] as const;
