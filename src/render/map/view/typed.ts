/** The nodes of a plan as nodes of a view. */
import type { Btf } from "../../../btf/btf.ts";
import { decodePlanned } from "../../../btf/value.ts";
import type { FieldsNode, PartsNode, ValueNode, ValuePlan } from "../../../btf/value-plan.ts";
import { readBits, readNumber } from "../../../btf/value-read.ts";
import { resolveType } from "../../../btf/value-types.ts";
import { formOf } from "./form.ts";
import { integerLeaf, leaf, type ViewField, type ViewLeaf, type ViewNode } from "./node.ts";
import { charsLeaf } from "./text-bytes.ts";

/** What the plan was made from, where forms are wanted. */
export interface PlannedType {
  readonly btf: Btf;
  readonly typeId: number;
}

export function typedNode(plan: ValuePlan, type?: PlannedType): ViewNode {
  return new Builder(plan.littleEndian, type?.btf).node(plan.root, type?.typeId ?? 0, "");
}

/** Walks a plan and the types that it was made from side by side. A plan has no rings, and meets each struct once. */
class Builder {
  readonly #littleEndian: boolean;
  readonly #btf: Btf | undefined;
  readonly #known = new Map<ValueNode, ViewNode>();

  constructor(littleEndian: boolean, btf: Btf | undefined) {
    this.#littleEndian = littleEndian;
    this.#btf = btf;
  }

  node(node: ValueNode, typeId: number, name: string): ViewNode {
    const form = this.#btf && formOf(this.#btf, typeId, name, node);
    if (form) return form;
    switch (node.kind) {
      case "fields":
        return this.#once(node, () => this.#fields(node, typeId));
      case "parts":
        return this.#once(node, () => this.#parts(node, typeId));
      case "list": {
        const item = this.node(node.item, this.#itemType(typeId), name);
        return { kind: "list", item, stride: node.stride, count: node.count };
      }
      case "text":
        return charsLeaf(node.length);
      default:
        return leafOf(node, this.#littleEndian);
    }
  }

  #once(node: ValueNode, make: () => ViewNode): ViewNode {
    let view = this.#known.get(node);
    if (!view) {
      view = make();
      this.#known.set(node, view);
    }
    return view;
  }

  #fields({ fields }: FieldsNode, typeId: number): ViewNode {
    const types = this.#partTypes(typeId);
    const views = fields.map(({ name, offset, node }, i): ViewField => {
      // The one field of a section is the list of its variables, which need no common name.
      const isSection = node.kind === "parts";
      return {
        name: isSection ? "" : name,
        offset,
        node: this.node(node, isSection ? typeId : (types[i] ?? 0), name),
      };
    });
    return { kind: "fields", fields: views };
  }

  #parts({ parts }: PartsNode, typeId: number): ViewNode {
    const types = this.#partTypes(typeId);
    const fields = parts.map(({ offset, node }, i) => ({
      name: "",
      offset,
      node: this.node(node, types[i] ?? 0, ""),
    }));
    return { kind: "fields", fields };
  }

  /** The types of the parts of a type, in order; nothing without BTF. */
  #partTypes(typeId: number): readonly number[] {
    const type = this.#btf && resolveType(this.#btf, typeId);
    switch (type?.kind) {
      case "STRUCT":
      case "UNION":
        return type.members.map((member) => member.type);
      case "VAR":
        return [type.type];
      case "DATASEC":
        return type.vars.map((variable) => variable.type);
      default:
        return [];
    }
  }

  #itemType(typeId: number): number {
    const type = this.#btf && resolveType(this.#btf, typeId);
    return type?.kind === "ARRAY" ? type.type : 0;
  }
}

function leafOf(node: ValueNode, littleEndian: boolean): ViewLeaf {
  const { size } = node;
  switch (node.kind) {
    case "number":
      return integerLeaf((bytes, at, end) =>
        at + size > end ? undefined : readNumber(bytes, at, node, littleEndian),
      );
    case "bits":
      return integerLeaf((bytes, at, end) =>
        at + size > end ? undefined : readBits(bytes, at, node, littleEndian),
      );
    default: {
      const plan: ValuePlan = { littleEndian, root: node };
      const read = leaf((bytes, at, end) => decodePlanned(plan, bytes, at, end));
      return node.kind === "float" ? { ...read, number: "float" } : read;
    }
  }
}
