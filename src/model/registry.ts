/**
 * The objects of one source with their cross references: what belongs to what, found by id, tag, name or
 * pinned path. It keeps the records and parsed BTF that it has read; it prints nothing.
 */
import { hexText } from "../bytes/hex.ts";
import { Btf } from "../btf/btf.ts";
import { decodeFuncInfo } from "../btf/ext-info.ts";
import { InspectError, notFoundError } from "../errors.ts";
import { grouped } from "./grouped.ts";
import { GrowingTable } from "./growing-table.ts";
import { readMetadata } from "./metadata.ts";
import type {
  BtfRecord,
  HolderRecord,
  LinkRecord,
  MapInfo,
  MapRecord,
  MetadataRecord,
  ObjectKind,
  PinRecord,
  ProgRecord,
} from "./records.ts";
import type { ObjectSource } from "./source.ts";

/** How one object, or some, are asked for. Names and paths are byte text. */
export type Selector =
  | { readonly by: "id"; readonly id: number }
  | { readonly by: "tag"; readonly tag: Uint8Array }
  | { readonly by: "name"; readonly name: string }
  | { readonly by: "pinned"; readonly path: string };

/** The name under which the kernel lists the types of itself. */
const KERNEL_BTF = "vmlinux";

/** The kernel keeps 15 characters of a name: one of that length may have been longer. */
const CUT_NAME_LENGTH = 15;

export function mayBeCut({ name, btfId, nrFuncInfo }: ProgRecord): boolean {
  return name.length >= CUT_NAME_LENGTH && btfId !== 0 && nrFuncInfo !== 0;
}

export class Registry {
  readonly source: ObjectSource;
  readonly #btfs = new Map<number, Btf>();
  readonly #btfNames = new Map<string, boolean>();
  readonly #fullNames = new Map<number, string>();
  readonly #pins = new Map<PinRecord["kind"], GrowingTable<string>>();
  /** Of each map id that a program named: the map, or nothing where it has gone. */
  readonly #maps = new Map<number, readonly MapInfo[]>();
  #allProgs: readonly ProgRecord[] | undefined;
  #allMaps: readonly MapRecord[] | undefined;
  #allLinks: readonly LinkRecord[] | undefined;
  #allProgInfos: readonly ProgRecord[] | undefined;
  #allMapInfos: readonly MapInfo[] | undefined;
  readonly #holders = new Map<ObjectKind, Map<number, HolderRecord[]>>();

  constructor(source: ObjectSource) {
    this.source = source;
  }

  /** All programs, ids ascending; read once. */
  progs(): readonly ProgRecord[] {
    this.#allProgs ??= [...this.source.progs()];
    return this.#allProgs;
  }

  /** All maps, ids ascending; read once. */
  maps(): readonly MapRecord[] {
    this.#allMaps ??= [...this.source.maps()];
    return this.#allMaps;
  }

  /** All programs as ObjectSource.progInfos has them. */
  progInfos(): readonly ProgRecord[] {
    this.#allProgInfos ??= this.#allProgs ?? [...this.source.progInfos()];
    return this.#allProgInfos;
  }

  mapInfos(): readonly MapInfo[] {
    this.#allMapInfos ??= this.#allMaps ?? [...this.source.mapInfos()];
    return this.#allMapInfos;
  }

  /** All links, ids ascending; read once. */
  links(): readonly LinkRecord[] {
    this.#allLinks ??= [...this.source.links()];
    return this.#allLinks;
  }

  /** Programs that fit, ids ascending; never empty: a not-found error says what was asked for. */
  findProgs(selector: Selector): ProgRecord[] {
    switch (selector.by) {
      case "id":
        return [this.source.prog(selector.id)];
      case "pinned":
        return [this.source.prog(this.#pinnedId("prog", selector.path))];
      case "tag": {
        const tag = hexText(selector.tag);
        return some(
          this.#progsWhere((prog) => hexText(prog.tag) === tag),
          `no program with tag ${tag}`,
        );
      }
      case "name": {
        const { name } = selector;
        const fits = (prog: ProgRecord) => prog.name === name || this.progName(prog) === name;
        return some(this.#progsWhere(fits), `no program with name '${name}'`);
      }
    }
  }

  /** Maps that fit, ids ascending; never empty. Maps have no tags. */
  findMaps(selector: Exclude<Selector, { by: "tag" }>): MapRecord[] {
    switch (selector.by) {
      case "id":
        return [this.source.map(selector.id)];
      case "pinned":
        return [this.source.map(this.#pinnedId("map", selector.path))];
      case "name": {
        const { name } = selector;
        return some(
          this.mapInfos().flatMap((map) =>
            map.name === name ? this.#ifThere(() => this.source.map(map.id)) : [],
          ),
          `no map with name '${name}'`,
        );
      }
    }
  }

  #progsWhere(fits: (prog: ProgRecord) => boolean): ProgRecord[] {
    return this.progInfos().flatMap((prog) =>
      fits(prog) ? this.#ifThere(() => this.source.prog(prog.id)) : [],
    );
  }

  findLink(selector: Extract<Selector, { by: "id" | "pinned" }>): LinkRecord {
    return this.source.link(selector.by === "id" ? selector.id : this.#pinnedId("link", selector.path));
  }

  /**
   * The name to show. The kernel keeps 15 characters; where a name has that many, it is taken from the BTF
   * function of the program's first instruction (bpftool common.c:get_prog_full_name).
   */
  progName(prog: ProgRecord): string {
    if (prog.fullName !== undefined) return prog.fullName;
    if (!mayBeCut(prog)) return prog.name;
    const known = this.#fullNames.get(prog.id);
    if (known !== undefined) return known;
    const name = this.#entryFunctionName(prog) ?? prog.name;
    this.#fullNames.set(prog.id, name);
    return name;
  }

  /** What the program says of itself. */
  metadata(prog: ProgRecord): readonly MetadataRecord[] {
    return prog.metadata ?? readMetadata(this, prog);
  }

  #entryFunctionName(prog: ProgRecord): string | undefined {
    try {
      const { funcInfo, funcInfoRecSize } = this.source.code(prog);
      const [entry] = decodeFuncInfo(funcInfo, funcInfoRecSize, this.source.host().littleEndian);
      const func = entry && this.btf(prog.btfId)?.type(entry.typeId);
      return func?.kind === "FUNC" && func.name !== "" ? func.name : undefined;
    } catch (error) {
      if (error instanceof InspectError) return undefined; // the program is gone, or its BTF is not ours to read
      throw error;
    }
  }

  /** A parsed BTF object, kept once it was read; undefined for id 0. Throws where it cannot be read. */
  btf(id: number): Btf | undefined {
    if (id === 0) return undefined;
    let btf = this.#btfs.get(id);
    if (!btf) {
      const record = this.source.btf(id);
      // The types of a module are split from those of the kernel.
      const base = record.kernel && record.name !== KERNEL_BTF ? this.kernelBtf() : undefined;
      btf = new Btf(this.source.btfBytes(record), base);
      this.#btfs.set(id, btf);
    }
    return btf;
  }

  /** The types of the kernel itself. Throws where the source does not have them. */
  kernelBtf(): Btf {
    for (const { id, kernel, name } of this.source.btfs())
      if (kernel && name === KERNEL_BTF) return this.btf(id) as Btf;
    throw notFoundError("failed to get kernel btf");
  }

  /** A BTF object that has `text` among its strings; undefined without. Most are not parsed to know. */
  btfNaming(id: number, text: string): Btf | undefined {
    const key = `${id} ${text}`;
    let names = this.#btfNames.get(key);
    if (names === undefined) {
      names = id !== 0 && Buffer.from(this.#btfBytes(id)).includes(text);
      this.#btfNames.set(key, names);
    }
    return names ? this.btf(id) : undefined;
  }

  #btfBytes(id: number): Uint8Array {
    return this.source.btfBytes(this.source.btf(id));
  }

  /** A program that may have gone meanwhile. */
  progIfThere(id: number): ProgRecord | undefined {
    return this.#ifThere(() => this.source.prog(id))[0];
  }

  /** The maps of a program that are still there, in the program's order. */
  mapsOf(prog: ProgRecord): MapInfo[] {
    return prog.mapIds.flatMap((id) => {
      let map = this.#maps.get(id);
      if (!map) {
        map = this.#ifThere(() => this.source.mapInfo(id));
        this.#maps.set(id, map);
      }
      return map;
    });
  }

  /** The programs that use a map. */
  progsUsing(map: MapRecord): ProgRecord[] {
    return filter(this.progInfos(), (prog) => prog.mapIds.includes(map.id));
  }

  /** The links that hold a program in place. */
  linksOf(prog: ProgRecord): LinkRecord[] {
    return filter(this.links(), (link) => link.progId === prog.id && !isMapLink(link));
  }

  /** Programs and maps that are described by a BTF object, ids ascending. */
  usersOf(btf: BtfRecord): { progs: ProgRecord[]; maps: MapInfo[] } {
    return {
      progs: filter(this.progInfos(), (prog) => prog.btfId === btf.id),
      maps: filter(this.mapInfos(), (map) => map.btfId === btf.id),
    };
  }

  /** Paths of pinned objects of a kind, by id. */
  pins(kind: PinRecord["kind"]): GrowingTable<string> {
    let table = this.#pins.get(kind);
    if (!table) {
      table = new GrowingTable();
      for (const pin of this.source.pins()) if (pin.kind === kind) table.add(pin.id, pin.path);
      this.#pins.set(kind, table);
    }
    return table;
  }

  /** The processes that hold an object, by pid. */
  holdersOf(kind: ObjectKind, id: number): readonly HolderRecord[] {
    let holders = this.#holders.get(kind);
    if (!holders) {
      holders = grouped(this.source.holders(kind), (holder) => holder.id);
      this.#holders.set(kind, holders);
    }
    return holders.get(id) ?? [];
  }

  #pinnedId(wanted: PinRecord["kind"], path: string): number {
    const { kind, id } = this.source.pinned(path);
    if (kind !== wanted) throw notFoundError(`incorrect object type: ${kind}`);
    return id;
  }

  #ifThere<T>(read: () => T): T[] {
    try {
      return [read()];
    } catch (error) {
      if (error instanceof InspectError && error.code === "syscall") return [];
      throw error;
    }
  }
}

/** A struct_ops link holds a map; its record has the map's id where others have the program's. */
function isMapLink(link: LinkRecord): boolean {
  return link.detail.kind === "struct_ops";
}

function filter<T>(items: Iterable<T>, fits: (item: T) => boolean): T[] {
  return [...items].filter(fits);
}

function some<T>(items: T[], message: string): T[] {
  if (items.length === 0) throw notFoundError(message);
  return items;
}
