/** Map contents entry by entry: what batches hold, and what a source in memory is made of. */
import type { MapContents } from "../../src/model/contents.ts";
import type { MapInfo } from "../../src/model/records.ts";
import type { StoredContents } from "../../src/model/stored-contents.ts";

export interface Entry {
  readonly key: Uint8Array;
  /** Of no account where there is an errno. */
  readonly value: Uint8Array;
  readonly errno?: number;
}

/** At most `limit` of them, as copies. */
export function entriesOf(
  { batches }: MapContents,
  { keySize }: { readonly keySize: number },
  limit = 1000,
): Entry[] {
  const entries: Entry[] = [];
  for (const { count, keys, values, valueSize, errors } of batches) {
    for (let i = 0; i < count; i++) {
      if (entries.length === limit) return entries;
      const errno = errors?.get(i);
      entries.push({
        key: keys.slice(i * keySize, (i + 1) * keySize),
        value: values.slice(i * valueSize, (i + 1) * valueSize),
        ...(errno !== undefined && { errno }),
      });
    }
  }
  return entries;
}

/** Entries side by side. */
export function stored(
  map: MapInfo,
  entries: readonly Entry[],
  rest: { readonly errno?: number; readonly cut?: boolean; readonly littleEndian?: boolean } = {},
): StoredContents {
  return {
    count: entries.length,
    keys: joined(entries.map(({ key }) => key)),
    values: joined(entries.map(({ value }) => value)),
    valueSize: entries[0]?.value.length ?? map.valueSize,
    errors: new Map(entries.flatMap(({ errno }, at) => (errno === undefined ? [] : [[at, errno] as const]))),
    littleEndian: true,
    ...rest,
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
