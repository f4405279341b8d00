/** Large programs for the dump and graph cases: a snapshot with one program, a BPF object of two megabytes. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const DEMO = path.join(import.meta.dirname, "..", "..", "..", "snapshots", "demo");
const TABLES = ["progs", "maps", "btfs", "links", "perf", "pins", "holders"];
/** The program's id in the snapshot. */
export const PROGRAM = 7;

type Slot = readonly [code: number, regs: number, off: number, imm: number];

const EXIT: Slot = [0x95, 0, 0, 0];
/** What compilers write, in turn: moves, loads, stores, arithmetic, calls of helpers, a map. */
const LINE: readonly Slot[] = [
  [0xb7, 0x01, 0, 1000],
  [0xbf, 0x62, 0, 0],
  [0x61, 0x61, 16, 0],
  [0x7b, 0x1a, -8, 0],
  [0x07, 0x02, 0, -8],
  [0x18, 0x11, 0, 26],
  [0, 0, 0, 0],
  [0x85, 0, 0, 1],
  [0x0f, 0x21, 0, 0],
];

/** `count` slots. */
export function straightProgram(count: number): Uint8Array {
  const whole = Math.floor((count - 1) / LINE.length);
  const rest = LINE.slice(0, 5).slice(0, (count - 1) % LINE.length);
  return encode([...Array.from({ length: whole }, () => LINE).flat(), ...rest, EXIT]);
}

/** About `count` blocks: branches that join, and loops. */
export function branchyProgram(count: number): Uint8Array {
  const slots: Slot[] = [];
  for (let block = 0; block < count; block++) {
    slots.push(LINE[0] as Slot, LINE[2] as Slot, LINE[8] as Slot);
    const back = block % 10 === 9;
    slots.push([0x55, 0x01, back ? -16 : 4, block]);
  }
  return encode([...slots, EXIT, EXIT, EXIT, EXIT, EXIT]);
}

function encode(slots: readonly Slot[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(slots.length * 8));
  for (const [i, [code, regs, off, imm]] of slots.entries()) {
    view.setUint8(i * 8, code);
    view.setUint8(i * 8 + 1, regs);
    view.setInt16(i * 8 + 2, off, true);
    view.setInt32(i * 8 + 4, imm, true);
  }
  return new Uint8Array(view.buffer);
}

/** A snapshot folder that holds nothing but one program. */
export function programSnapshot(folder: string, xlated: Uint8Array): string {
  const [model] = JSON.parse(fs.readFileSync(path.join(DEMO, "progs.json"), "utf8"));
  const prog = {
    ...model,
    id: PROGRAM,
    name: "large",
    btfId: 0,
    mapIds: [],
    metadata: [],
    xlatedLen: xlated.length,
    jitedLen: 0,
    nrFuncInfo: 0,
    nrLineInfo: 0,
    nrJitedLineInfo: 0,
    jitedKsyms: [],
    jitedFuncLens: [],
  };
  fs.mkdirSync(path.join(folder, "progs", String(PROGRAM)), { recursive: true });
  fs.copyFileSync(path.join(DEMO, "snapshot.json"), path.join(folder, "snapshot.json"));
  for (const table of TABLES)
    fs.writeFileSync(path.join(folder, `${table}.json`), JSON.stringify(table === "progs" ? [prog] : []));
  fs.writeFileSync(path.join(folder, "progs", String(PROGRAM), "xlated.bin"), xlated);
  return folder;
}

const RECORDS = 1064;
const RECORDS_A_PROGRAM = 14;

/** A BPF object of about two megabytes with debug information: 76 programs; undefined without clang. */
export function largeObject(folder: string): string | undefined {
  const records = Array.from({ length: RECORDS }, (_, i) => i);
  const types = records.map(
    (i) =>
      `struct record_${i} { unsigned long count_of_${i}; unsigned rounds_of_${i}[4]; int last_of_${i}; };`,
  );
  const bodies = records.map(
    (i) => `{
  struct record_${i} *record = lookup(&counts, &context->key_of_the_record);
  if (!record) return ${i};
  record->count_of_${i} += context->length * ${i};
  for (int round = 0; round < 4; round++) record->rounds_of_${i}[round] += context->rounds[round];
  sum += record->count_of_${i} > ${i * 3} ? table[${i}] : record->last_of_${i};
}`,
  );
  const functions = records
    .filter((i) => i % RECORDS_A_PROGRAM === 0)
    .map(
      (
        i,
      ) => `SEC("${i % 4 ? "xdp" : `kprobe/function_${i}`}") int program_number_${i}(struct context *context) {
  int sum = 0;
  ${bodies.slice(i, i + RECORDS_A_PROGRAM).join("\n")}
  return sum;
}`,
    );
  const source = `#define SEC(name) __attribute__((section(name), used))
struct context { unsigned length, key_of_the_record; unsigned rounds[4]; };
static void *(*lookup)(void *map, const void *key) = (void *)1;
struct { int (*type)[1]; unsigned *key; unsigned long *value; int (*max_entries)[64]; } counts SEC(".maps");
int table[${RECORDS}] = { 1 };
${types.join("\n")}
${functions.join("\n")}
char _license[] SEC("license") = "GPL";
`;
  const [from, to] = [path.join(folder, "large.bpf.c"), path.join(folder, "large.o")];
  fs.writeFileSync(from, source);
  const { status } = spawnSync("clang", ["-O2", "-g", "-target", "bpf", "-c", from, "-o", to]);
  return status === 0 ? to : undefined;
}
