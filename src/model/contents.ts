/** What is in a map: entries in the kernel's order, in batches. */

/** Good until the next batch is asked for. */
export interface EntryBatch {
  readonly count: number;
  /** One after the other, MapInfo.keySize bytes each. */
  readonly keys: Uint8Array;
  /** One after the other, `valueSize` bytes each. */
  readonly values: Uint8Array;
  /** Bytes of one value: see storedValueSize. */
  readonly valueSize: number;
  /** The errno of each entry whose value could not be read, by its place in the batch. */
  readonly errors?: ReadonlyMap<number, number>;
}

/** How a walk over a map went; final when its batches are through. */
export interface WalkEnd {
  /** Why the walk ended early: the errno of the request for the first or next key. */
  errno?: number;
  /** Keys whose entry was gone when it was to be read. */
  vanished: number;
  /** Times that the kernel began anew because the key to go on from was gone. */
  restarts: number;
  /** The map kept changing, and the walk was given up before its end. */
  unfinished?: boolean;
  /** The source has only the first entries. */
  cut?: boolean;
}

export interface MapContents {
  readonly batches: Iterable<EntryBatch>;
  readonly end: Readonly<WalkEnd>;
}
