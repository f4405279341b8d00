/** Values that are ids of programs or maps: the id alone, or with the type and name of what it names. */
import type { BtfValue } from "../../../btf/value.ts";
import type { NamedObject, NameObject } from "../../../model/map-names.ts";
import { MAP_TYPES } from "../../../uapi/map-types.ts";
import { nameOrNumber } from "../../../uapi/name-table.ts";
import { PROG_TYPES } from "../../../uapi/prog-types.ts";
import { integerLeaf, leaf, NONE, numberValue, type ViewField, type ViewNode } from "./node.ts";
import { unsigned } from "./raw.ts";

/** `name` where types and names are wanted. What has gone has an id only. */
export function objectNode(kind: "prog" | "map", littleEndian: boolean, name?: NameObject): ViewNode {
  const id = unsigned(4, littleEndian);
  const types = kind === "prog" ? PROG_TYPES : MAP_TYPES;
  const part = (field: string, show: (object: NamedObject) => BtfValue): ViewField => ({
    name: field,
    offset: 0,
    node: leaf((bytes, at, end) => {
      const object = name?.(Number(id(bytes, at, end) ?? 0));
      return object ? show(object) : NONE;
    }),
  });
  const fields = [{ name: "id", offset: 0, node: integerLeaf(id) }];
  if (!name) return { kind: "fields", fields };
  return {
    kind: "fields",
    fields: [
      ...fields,
      part("type", (object) => typeValue(nameOrNumber(types, object.type))),
      part("name", (object) => (object.name === "" ? NONE : { kind: "text", value: object.name })),
    ],
  };
}

function typeValue(type: string | number): BtfValue {
  return typeof type === "number" ? numberValue(type) : { kind: "text", value: type };
}
