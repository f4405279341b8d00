/** Values of stack_trace maps: addresses of code, of the innermost function first. */
import type { BtfValue } from "../../../btf/value.ts";
import type { EntryBatch } from "../../../model/contents.ts";
import { leaf, type ViewLeaf } from "./node.ts";
import { unsigned } from "./raw.ts";

/** Names of addresses, as far as there are any. */
export type NameAddresses = (addresses: readonly bigint[]) => ReadonlyMap<bigint, string>;

const ADDRESS_SIZE = 8;
/** Addresses of the kernel start here; programs have symbols of their own, which are not ours to read. */
const FIRST_OF_KERNEL = 1n << 63n;
/** So many addresses are remembered. */
const MAX_KNOWN = 1 << 16;

/** The names of addresses. Asking is costly, so that it is done once for each batch. */
export class StackNames {
  readonly #nameAddresses: NameAddresses;
  readonly #littleEndian: boolean;
  #batch: EntryBatch | undefined;
  /** Of all that was asked for: "" where there is no name. */
  #known = new Map<bigint, string>();

  constructor(nameAddresses: NameAddresses, littleEndian: boolean) {
    this.#nameAddresses = nameAddresses;
    this.#littleEndian = littleEndian;
  }

  /** Call it before values of the batch are read. */
  enter(batch: EntryBatch): void {
    if (batch === this.#batch) return;
    this.#batch = batch;
    if (this.#known.size > MAX_KNOWN) this.#known = new Map();
    const { count, values, valueSize } = batch;
    const unknown = new Set<bigint>();
    for (let at = 0; at < count; at++) {
      for (const address of this.#addresses(values, at * valueSize, (at + 1) * valueSize))
        if (address >= FIRST_OF_KERNEL && !this.#known.has(address)) unknown.add(address);
    }
    if (unknown.size === 0) return;
    const names = this.#nameAddresses([...unknown]);
    for (const address of unknown) this.#known.set(address, names.get(address) ?? "");
  }

  /** A list of names, or of addresses where there are none. */
  leaf(): ViewLeaf {
    const read = leaf((bytes, at, end) => ({
      kind: "list",
      items: this.#addresses(bytes, at, end).map((address) => this.#frame(address)),
    }));
    return { ...read, lines: true };
  }

  #frame(address: bigint): BtfValue {
    return { kind: "text", value: this.#known.get(address) || `0x${address.toString(16)}` };
  }

  /** Up to the first that is 0. */
  #addresses(bytes: Uint8Array, from: number, to: number): bigint[] {
    const read = unsigned(ADDRESS_SIZE, this.#littleEndian);
    const addresses: bigint[] = [];
    for (let at = from; at + ADDRESS_SIZE <= to; at += ADDRESS_SIZE) {
      const address = BigInt(read(bytes, at, to) ?? 0);
      if (address === 0n) break;
      addresses.push(address);
    }
    return addresses;
  }
}
