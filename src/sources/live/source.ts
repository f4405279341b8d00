/** The running kernel as a source of objects. */
import { resolveSymbols } from "../../kallsyms/kallsyms.ts";
import { findPlaces, type PlaceRequest } from "../../kallsyms/places.ts";
import type { KernelSymbols, SymbolRequest } from "../../kallsyms/symbols.ts";
import type {
  BtfRecord,
  CodeKind,
  HolderRecord,
  HostRecord,
  LinkRecord,
  MapInfo,
  ObjectKind,
  PinRecord,
  ProgRecord,
} from "../../model/records.ts";
import type { NetRequest } from "../../model/net-records.ts";
import type { FeatureRecord, FeatureRequest } from "../../model/feature-records.ts";
import type { ObjectSource } from "../../model/source.ts";
import { linuxSyscalls } from "../../sys/linux.ts";
import type { Syscalls } from "../../sys/syscalls.ts";
import { storedValueSize } from "../../uapi/map-traits.ts";
import { readBtf, readBtfBytes } from "./btfs.ts";
import { liveCgroups } from "./cgroups.ts";
import { readContents, readElement, readNextKey } from "./contents.ts";
import { whyHidden } from "./hidden.ts";
import { liveHost } from "./host.ts";
import { readIterator } from "./iterator.ts";
import { type LinkReader, linkReader } from "./links.ts";
import { readMapProgs } from "./map-progs.ts";
import { type MapInfoReader, mapInfoReader, readMap } from "./maps.ts";
import { readNetwork } from "./net.ts";
import { walk, withObject } from "./objects.ts";
import { readPinned, readPins } from "./pins.ts";
import { type BpfFd, findBpfFds, type HeldObjects, readHeld, readPerf } from "./processes.ts";
import { readProgStream } from "./prog-stream.ts";
import { readTokens } from "./tokens.ts";
import { traceLines } from "./trace-pipe.ts";
import { type ProgReader, progReader, readCode, readImage, readMemlock } from "./progs.ts";

/** Opens nothing until it is asked. `sys` stands in for the kernel in tests. */
export function liveSource(sys: Syscalls = linuxSyscalls()): ObjectSource {
  return new LiveSource(sys);
}

class LiveSource implements ObjectSource {
  readonly kind = "live";
  readonly label = "live";
  readonly #sys: Syscalls;
  #progReader: ProgReader | undefined;
  #mapInfoReader: MapInfoReader | undefined;
  readonly #links: LinkReader;
  #pins: PinRecord[] | undefined;
  #bpfFds: readonly BpfFd[] | undefined;
  readonly #held = new Map<ObjectKind | "all", HeldObjects>();
  #host: HostRecord | undefined;

  constructor(sys: Syscalls) {
    this.#sys = sys;
    this.#links = linkReader(sys);
  }

  get #readProg(): ProgReader {
    this.#progReader ??= progReader(this.#sys);
    return this.#progReader;
  }

  get #readMapInfo(): MapInfoReader {
    this.#mapInfoReader ??= mapInfoReader(this.#sys);
    return this.#mapInfoReader;
  }

  progs() {
    const known = this.#held.get("prog")?.memlocks;
    const read = this.#readProg;
    return walk(this.#sys, "prog", (fd, id) =>
      read(fd, id, () => known?.get(id) ?? readMemlock(this.#sys, fd)),
    );
  }

  progInfos() {
    const read = this.#readProg;
    return walk(this.#sys, "prog", (fd, id) => read(fd, id));
  }

  prog(id: number) {
    return withObject(this.#sys, "prog", id, (fd) =>
      this.#readProg(fd, id, () => readMemlock(this.#sys, fd)),
    );
  }

  maps() {
    return walk(this.#sys, "map", (fd, id) => readMap(this.#sys, this.#readMapInfo, fd, id));
  }

  mapInfos() {
    return walk(this.#sys, "map", this.#readMapInfo);
  }

  map(id: number) {
    return withObject(this.#sys, "map", id, (fd) => readMap(this.#sys, this.#readMapInfo, fd, id));
  }

  mapInfo(id: number) {
    return withObject(this.#sys, "map", id, (fd) => this.#readMapInfo(fd, id));
  }

  btfs() {
    return walk(this.#sys, "btf", (fd) => readBtf(this.#sys, fd));
  }

  btf(id: number) {
    return withObject(this.#sys, "btf", id, (fd) => readBtf(this.#sys, fd));
  }

  links() {
    return this.#links.all();
  }

  link(id: number) {
    return this.#links.one(id);
  }

  perf() {
    return readPerf(this.#sys);
  }

  code({ id }: ProgRecord) {
    return withObject(this.#sys, "prog", id, (fd) => readCode(this.#sys, fd));
  }

  image({ id }: ProgRecord) {
    return withObject(this.#sys, "prog", id, (fd) => readImage(this.#sys, fd));
  }

  whyHidden(prog: ProgRecord, kind: CodeKind) {
    return whyHidden(this.#sys, prog, kind);
  }

  btfBytes({ id, size }: BtfRecord) {
    return withObject(this.#sys, "btf", id, (fd) => readBtfBytes(this.#sys, fd, size));
  }

  contents(map: MapInfo) {
    return readContents(this.#sys, map, this.host().possibleCpus);
  }

  lookup(map: MapInfo, key: Uint8Array) {
    const size = storedValueSize(map, this.host().possibleCpus);
    return withObject(this.#sys, "map", map.id, (fd) => readElement(this.#sys, fd, key, size));
  }

  nextKey(map: MapInfo, key: Uint8Array | undefined) {
    return withObject(this.#sys, "map", map.id, (fd) => readNextKey(this.#sys, fd, key, map.keySize));
  }

  pins(): readonly PinRecord[] {
    this.#pins ??= readPins(this.#sys);
    return this.#pins;
  }

  pinned(path: string) {
    return readPinned(this.#sys, path);
  }

  holders(kind?: ObjectKind): readonly HolderRecord[] {
    let held = this.#held.get(kind ?? "all");
    if (!held) {
      this.#bpfFds ??= findBpfFds(this.#sys);
      const fds = kind === undefined ? this.#bpfFds : this.#bpfFds.filter((fd) => fd.kind === kind);
      held = readHeld(this.#sys, fds);
      this.#held.set(kind ?? "all", held);
    }
    return held.holders;
  }

  mapProgs(map: MapInfo) {
    return readMapProgs(this.#sys, map);
  }

  cgroups() {
    return liveCgroups(this.#sys);
  }

  tokens() {
    return readTokens(this.#sys);
  }

  network(request: NetRequest) {
    return readNetwork(this.#sys, request);
  }

  symbols(request: SymbolRequest): KernelSymbols {
    const { addresses, offsets, byRule } = request;
    if (
      byRule &&
      offsets.length === 0 &&
      addresses.every((address) => byRule.has(address)) &&
      listsPrograms(this.#sys)
    )
      return { callBase: 0n, names: byRule };
    const pieces = this.#sys.readPieces("/proc/kallsyms")[Symbol.iterator]();
    try {
      return resolveSymbols(request, () => {
        const { value, done } = pieces.next();
        return done ? undefined : value;
      });
    } finally {
      pieces.return?.();
    }
  }

  kernelPlaces(request: PlaceRequest) {
    return findPlaces(request, this.#sys.readPieces("/proc/kallsyms"));
  }

  traceLines(stop: AbortSignal) {
    return traceLines(this.#sys, stop);
  }

  progStream({ id }: ProgRecord, stream: number) {
    return readProgStream(this.#sys, id, stream);
  }

  iterate({ id }: LinkRecord) {
    return readIterator(this.#sys, id);
  }

  async features(request: FeatureRequest): Promise<FeatureRecord> {
    return (await import("./probes/probe.ts")).probeFeatures(this.#sys, request);
  }

  host(): HostRecord {
    this.#host ??= liveHost(this.#sys);
    return this.#host;
  }
}

/** Whether the symbol table has compiled programs (include/linux/filter.h:bpf_jit_kallsyms_enabled). */
function listsPrograms(sys: Syscalls): boolean {
  const setting = (name: string) => sys.readText(`/proc/sys/net/core/${name}`)?.trim();
  return setting("bpf_jit_kallsyms") === "1" && setting("bpf_jit_harden") === "0";
}
