/**
 * The jump tables of an object file (section .jumptables, clang 22 and later) as maps of instructions, which a loader
 * makes for each program anew (libbpf libbpf.c:create_jt_map). The symbol of a table tells its place and size; its
 * entries are u64: bytes from the start of the section of code that the table belongs to.
 */
import { type ElfSection, sectionBytes, sectionNamed, titleOf } from "../../elf/sections.ts";
import type { ElfSymbol } from "../../elf/symbols.ts";
import { INSN_SIZE } from "../../insn/insn.ts";
import type { MapRecord } from "../../model/records.ts";
import type { StoredContents } from "../../model/stored-contents.ts";
import { INSN_ARRAY_VALUE } from "../../uapi/insn-array.ts";
import { MAP_TYPE } from "../../uapi/map-types.ts";
import type { ObjectMap } from "./contract.ts";
import type { ObjectFunction } from "./functions.ts";
import type { Part } from "./linking.ts";
import { MAP_FLAG } from "./maps/flags.ts";
import type { ObjectFile } from "./object.ts";

/** The section, and the name of the maps. */
export const JUMP_TABLES = ".jumptables";

export interface JumpTable {
  readonly section: ElfSection;
  /** Of its symbol. */
  readonly name: string;
  /** In bytes, as the symbol says: anything. */
  readonly offset: bigint;
  readonly size: number;
}

const ENTRY_SIZE = 8;
const KEY_SIZE = 4;
/** Entries of all maps together: programs share tables, so small files could have any number. */
const MAX_ENTRIES = 1 << 20;
const MAX_U32 = 0xffff_ffff;

export function hasJumpTables({ elf }: ObjectFile): boolean {
  return sectionNamed(elf, JUMP_TABLES) !== undefined;
}

export function jumpTable({ name, value, size }: ElfSymbol, section: ElfSection): JumpTable {
  return { section, name, offset: value, size };
}

export class JumpTables {
  /** In the order in which they were asked for: programs by id, then their instructions. */
  readonly maps: ObjectMap[] = [];
  readonly #object: ObjectFile;
  readonly #mapsBefore: () => number;
  readonly #known = new Map<ObjectFunction, Map<bigint, MapRecord | undefined>>();
  #left = MAX_ENTRIES;

  /** `mapsBefore` counts the maps that a loader makes before these. */
  constructor(object: ObjectFile, mapsBefore: () => number) {
    this.#object = object;
    this.#mapsBefore = mapsBefore;
  }

  /**
   * Gives the maps of the tables in the program that begins with `main`. `part` is the function whose instruction
   * refers to the table first. undefined where the table is broken, which is told as a warning.
   */
  of(main: ObjectFunction): (table: JumpTable, part: Part) => MapRecord | undefined {
    const maps = this.#known.get(main) ?? new Map<bigint, MapRecord | undefined>();
    this.#known.set(main, maps);
    return (table, part) => {
      if (!maps.has(table.offset)) maps.set(table.offset, this.#create(main, table, part));
      return maps.get(table.offset);
    };
  }

  #create(main: ObjectFunction, table: JumpTable, part: Part): MapRecord | undefined {
    const targets = this.#targets(table, part);
    if (typeof targets === "string") {
      const what = `jump table '${table.name}' of program '${main.name}'`;
      this.#object.warn(`${titleOf(table.section)}: ${what}: ${targets}`);
      return undefined;
    }
    this.#left -= targets.length;
    const record = mapRecord(this.#mapsBefore() + this.maps.length + 1, targets.length);
    this.maps.push({ record, contents: contentsOf(targets, this.#object.littleEndian) });
    return record;
  }

  /** Slots of the program; or what is wrong with the table. */
  #targets({ section, offset, size }: JumpTable, { function: of, start }: Part): number[] | string {
    const place = `${size} bytes at offset 0x${offset.toString(16)}`;
    if (size === 0) return "its symbol has no size";
    if (offset % BigInt(ENTRY_SIZE) !== 0n || size % ENTRY_SIZE !== 0)
      return `${place} are no whole number of entries`;
    const bytes = this.#object.attempt(undefined, () => sectionBytes(this.#object.elf, section));
    if (!bytes) return "its section cannot be read";
    if (offset + BigInt(size) > BigInt(bytes.length))
      return `${place} run over the end of the section (${bytes.length} bytes)`;
    const count = size / ENTRY_SIZE;
    if (count > this.#left) return `the jump tables of all programs have more than ${MAX_ENTRIES} entries`;
    const view = new DataView(bytes.buffer, bytes.byteOffset + Number(offset), size);
    const targets: number[] = [];
    for (let at = 0; at < size; at += ENTRY_SIZE) {
      const entry = view.getBigUint64(at, this.#object.littleEndian);
      const target = Number(entry / BigInt(INSN_SIZE)) - of.start + start;
      if (target < 0 || target > MAX_U32) return `entry ${at / ENTRY_SIZE} is 0x${entry.toString(16)}`;
      targets.push(target);
    }
    return targets;
  }
}

/** What the kernel would tell of the map. The flag is its own: programs cannot write to such maps. */
function mapRecord(id: number, maxEntries: number): MapRecord {
  return {
    id,
    type: MAP_TYPE.insn_array,
    name: JUMP_TABLES,
    flags: MAP_FLAG.RDONLY_PROG,
    keySize: KEY_SIZE,
    valueSize: INSN_ARRAY_VALUE.size,
    maxEntries,
    btfId: 0,
    btfKeyTypeId: 0,
    btfValueTypeId: 0,
    btfVmlinuxValueTypeId: 0,
    mapExtra: 0n,
    frozen: true,
  };
}

/** As the kernel would have them for instructions that it did not change. */
function contentsOf(targets: readonly number[], littleEndian: boolean): StoredContents {
  const keys = new DataView(new ArrayBuffer(targets.length * KEY_SIZE));
  const { size, origOff, xlatedOff } = INSN_ARRAY_VALUE;
  const values = new DataView(new ArrayBuffer(targets.length * size));
  for (const [i, target] of targets.entries()) {
    keys.setUint32(i * KEY_SIZE, i, littleEndian);
    values.setUint32(i * size + origOff, target, littleEndian);
    values.setUint32(i * size + xlatedOff, target, littleEndian);
  }
  return {
    count: targets.length,
    keys: new Uint8Array(keys.buffer),
    values: new Uint8Array(values.buffer),
    valueSize: INSN_ARRAY_VALUE.size,
    littleEndian,
  };
}
