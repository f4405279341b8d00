/** A map as it is found in the file, before it has an id. */
import type { StoredContents } from "../../../model/stored-contents.ts";

/** What a loader would ask the kernel for; fields are those of struct bpf_attr for BPF_MAP_CREATE. */
export interface MapDefinition {
  /** Byte text, of any length. */
  readonly name: string;
  readonly type: number;
  /** In bytes. */
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly mapExtra: bigint;
  /** Ids in the BTF of the object; 0 is none. */
  readonly keyTypeId: number;
  readonly valueTypeId: number;
}

export interface FoundMap {
  readonly definition: MapDefinition;
  /** The section that it is defined in, or that it is made of; 0 where there is none. */
  readonly section: number;
  /** In bytes from the start of the section. */
  readonly offset: number;
  /** Of the definition, in bytes. */
  readonly size: number;
  /** User space may not write to it once it is filled. */
  readonly frozen: boolean;
  readonly contents: StoredContents;
  /** Bytes from `offset` to the slots that are filled from the start. */
  readonly slotsAt?: number;
}

/** What a map is before anything is said of it. */
export const NOTHING_DEFINED: Omit<MapDefinition, "name"> = {
  type: 0,
  keySize: 0,
  valueSize: 0,
  maxEntries: 0,
  flags: 0,
  mapExtra: 0n,
  keyTypeId: 0,
  valueTypeId: 0,
};
