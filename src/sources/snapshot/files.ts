/** The files of a snapshot, wherever they lie. Names are those of format.ts, never taken from the snapshot. */

export interface SnapshotFiles {
  /** Bytes of a file; undefined where there is none. Reads nothing else. */
  size(name: string): number | undefined;
  /** The contents of a file that is there. Throws a snapshot error where it cannot be read whole. */
  read(name: string): Uint8Array;
}

/** A file that is larger is not read: no snapshot needs one. */
export const MAX_FILE_SIZE = 1 << 28;
