/** Bytes read by their BTF type into a tree of values: value-plan.ts has the rules, value-json.ts writes. */
import { byteText } from "../bytes/text.ts";
import type { Btf } from "./btf.ts";
import { type ListNode, planValue, type ValueNode, type ValuePlan, valueLimit } from "./value-plan.ts";
import { itemCount, readBits, readFloat, readNumber, textEnd } from "./value-read.ts";

export { sizeOf } from "./value-types.ts";

export type BtfValue =
  /** A machine integer, in its own signedness; an enumeration's value without a name. */
  | { readonly kind: "number"; readonly value: bigint }
  /** Bit fields and integers of odd width, below 0 if their type is signed. */
  | { readonly kind: "hex"; readonly value: bigint }
  | { readonly kind: "pointer"; readonly value: bigint }
  /** Finite: JSON has no other numbers. Of 4 bytes: the shortest decimal that is this float and no other. */
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  /** One byte. */
  | { readonly kind: "char"; readonly value: number }
  /** A char array up to its NUL, the name of an enumerator (byte text); `NaN`, `Infinity`, `-Infinity`. */
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "list"; readonly items: readonly BtfValue[] }
  /** Members in order; names may be "" and may repeat. */
  | {
      readonly kind: "fields";
      readonly fields: readonly { readonly name: string; readonly value: BtfValue }[];
    }
  | { readonly kind: "none" };

const NONE: BtfValue = { kind: "none" };

/** A tree has no more values, however many the bytes would give. */
const MAX_KEPT = 1 << 20;

/** The value of type `typeId` that starts at bit 0 of `bytes`. */
export function decodeValue(btf: Btf, typeId: number, bytes: Uint8Array): BtfValue {
  return decodePlanned(planValue(btf, typeId), bytes);
}

/** The value that stands in the bytes from `from` to `to`. What lies past the end is none. */
export function decodePlanned(plan: ValuePlan, bytes: Uint8Array, from = 0, to = bytes.length): BtfValue {
  return new Decoder(plan, bytes, from, to).value(plan.root, from);
}

class Decoder {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #littleEndian: boolean;
  #valuesLeft: number;

  constructor(plan: ValuePlan, bytes: Uint8Array, from: number, end: number) {
    this.#bytes = bytes;
    this.#end = end;
    this.#littleEndian = plan.littleEndian;
    this.#valuesLeft = Math.min(valueLimit(end - from), MAX_KEPT);
  }

  value(node: ValueNode, at: number): BtfValue {
    this.#valuesLeft--;
    if (at + node.size > this.#end) return NONE;
    switch (node.kind) {
      case "number":
        return { kind: "number", value: BigInt(readNumber(this.#bytes, at, node, this.#littleEndian)) };
      case "bits":
        return { kind: "hex", value: BigInt(readBits(this.#bytes, at, node, this.#littleEndian)) };
      case "enum": {
        const value = readNumber(this.#bytes, at, node, this.#littleEndian);
        const name = node.names.get(value)?.name;
        return name === undefined ? { kind: "number", value: BigInt(value) } : { kind: "text", value: name };
      }
      case "pointer":
        return { kind: "pointer", value: BigInt(readNumber(this.#bytes, at, node, this.#littleEndian)) };
      case "float": {
        const value = readFloat(this.#bytes, at, node.size, this.#littleEndian);
        return Number.isFinite(value) ? { kind: "float", value } : { kind: "text", value: String(value) };
      }
      case "bool":
        return { kind: "bool", value: this.#bytes[at] !== 0 };
      case "char":
        return { kind: "char", value: this.#bytes[at] as number };
      case "text": {
        const end = textEnd(this.#bytes, at, node, this.#end);
        return end < 0 ? this.#list(node.list, at) : { kind: "text", value: byteText(this.#bytes, at, end) };
      }
      case "list":
        return this.#list(node, at);
      case "parts":
        return {
          kind: "list",
          items: this.#each(node.parts, (part) => this.value(part.node, at + part.offset)),
        };
      case "fields":
        return {
          kind: "fields",
          fields: this.#each(node.fields, (field) => ({
            name: field.name,
            value: this.value(field.node, at + field.offset),
          })),
        };
      case "none":
        return NONE;
    }
  }

  #list(node: ListNode, at: number): BtfValue {
    const count = itemCount(node, at, this.#end);
    const items: BtfValue[] = [];
    for (let i = 0; i < count && this.#valuesLeft > 0; i++) {
      items.push(this.value(node.item, at + i * node.stride));
    }
    return { kind: "list", items };
  }

  /** The values of some parts, as long as values may be read. */
  #each<T, U>(parts: readonly T[], read: (part: T) => U): U[] {
    const values: U[] = [];
    for (const part of parts) {
      if (this.#valuesLeft <= 0) break;
      values.push(read(part));
    }
    return values;
  }
}
