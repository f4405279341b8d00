/** Values of nodes: as a tree, and as JSON without a tree in between. */
import type { BtfValue } from "../../../btf/value.ts";
import { writeBtfValue } from "../../../btf/value-json.ts";
import type { JsonWriter } from "../../../json/writer.ts";
import type { Budget, ViewLeaf, ViewList, ViewNode } from "./node.ts";

/** A key or value whose leaves can be read. */
export interface LeafSource {
  /** In bytes. */
  readonly size: number;
  /** `offset` is that of the leaf, in bytes. */
  read(leaf: ViewLeaf, offset: number, budget: Budget): BtfValue;
}

/** The key or value that starts at `start`. */
export function bytesSource(bytes: Uint8Array, start: number, size: number): LeafSource {
  return {
    size,
    read: (leaf, offset, budget) => leaf.read(bytes, start + offset, start + size, budget),
  };
}

export function readNode(node: ViewNode, source: LeafSource, offset: number, budget: Budget): BtfValue {
  budget.left--;
  switch (node.kind) {
    case "leaf":
      return source.read(node, offset, budget);
    case "list": {
      const items: BtfValue[] = [];
      const count = itemCount(node, source.size - offset);
      for (let i = 0; i < count && budget.left > 0; i++)
        items.push(readNode(node.item, source, offset + i * node.stride, budget));
      return { kind: "list", items };
    }
    case "fields": {
      const fields: { name: string; value: BtfValue }[] = [];
      for (const field of node.fields) {
        if (budget.left <= 0) break;
        const value = readNode(field.node, source, offset + field.offset, budget);
        fields.push({ name: field.name, value });
      }
      return { kind: "fields", fields };
    }
  }
}

export function writeNode(
  json: JsonWriter,
  node: ViewNode,
  source: LeafSource,
  offset: number,
  budget: Budget,
): void {
  budget.left--;
  switch (node.kind) {
    case "leaf":
      return writeBtfValue(json, source.read(node, offset, budget), { plain: false });
    case "list": {
      json.startArray();
      const count = itemCount(node, source.size - offset);
      for (let i = 0; i < count && budget.left > 0; i++)
        writeNode(json, node.item, source, offset + i * node.stride, budget);
      return void json.endArray();
    }
    case "fields":
      json.startObject();
      for (const field of node.fields) {
        if (budget.left <= 0) break;
        writeNode(json.key(field.name), field.node, source, offset + field.offset, budget);
      }
      return void json.endObject();
  }
}

/** Those that start within `size` bytes. */
function itemCount({ count, stride }: ViewList, size: number): number {
  return stride > 0 ? Math.min(count, Math.ceil(size / stride)) : count;
}
