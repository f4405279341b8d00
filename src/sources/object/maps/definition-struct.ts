/**
 * The struct that defines a map in .maps: its members say by their types what they mean, `int (*max_entries)[16]`
 * (libbpf libbpf.c:parse_btf_map_def, bpf_helpers.h: __uint, __type, __array, __ulong).
 */
import type { Btf } from "../../../btf/btf.ts";
import type { BtfMember } from "../../../btf/types.ts";
import { resolveType, sizeOf } from "../../../btf/value-types.ts";
import { isMapOfMaps, isMapOfProgs } from "../../../uapi/map-traits.ts";
import { type MapDefinition, NOTHING_DEFINED } from "./found-map.ts";
import { quoted } from "./warnings.ts";

/** All of a definition but its name, as the struct has it. */
export interface DefinitionStruct extends Omit<MapDefinition, "name"> {
  /** Bytes from the start of the struct to the slots that are filled from the start. */
  readonly slotsAt: number | undefined;
  /** What a loader would refuse it for. */
  readonly problems: readonly string[];
}

type Draft = { -readonly [K in keyof Omit<DefinitionStruct, "problems">]: DefinitionStruct[K] };

/** Puts what a member says into the draft; returns what is wrong with it. */
type ReadMember = (draft: Draft, member: BtfMember, btf: Btf) => string | undefined;

const MAX_PROBLEMS = 8;
const SLOT_VALUE_SIZE = 4;
/** LIBBPF_PIN_NONE, LIBBPF_PIN_BY_NAME */
const PINNINGS = [0, 1];

const MEMBERS: ReadonlyMap<string, ReadMember> = new Map<string, ReadMember>([
  ["type", numberInto("type")],
  ["max_entries", numberInto("maxEntries")],
  ["map_flags", numberInto("flags")],
  ["numa_node", number(() => undefined)],
  ["pinning", number((_, value) => (PINNINGS.includes(value) ? undefined : `is ${value}`))],
  ["key_size", number((draft, value) => setSize(draft, "keySize", value))],
  ["value_size", number((draft, value) => setSize(draft, "valueSize", value))],
  ["key", typed("keySize", "keyTypeId")],
  ["value", typed("valueSize", "valueTypeId")],
  ["values", slots],
  ["map_extra", extra],
]);

/** undefined where the type is no struct. */
export function readDefinition(btf: Btf, typeId: number): DefinitionStruct | undefined {
  const struct = resolveType(btf, typeId);
  if (struct?.kind !== "STRUCT") return undefined;
  const draft: Draft = { ...NOTHING_DEFINED, slotsAt: undefined };
  const problems: string[] = [];
  for (const member of struct.members) {
    const read = MEMBERS.get(member.name);
    const problem = read ? read(draft, member, btf) : "is unknown";
    if (problem !== undefined && problems.length < MAX_PROBLEMS)
      problems.push(`member ${quoted(member.name)} ${problem}`);
  }
  if (draft.type === 0 && problems.length === 0) problems.push("has no type");
  return { ...draft, problems };
}

function numberInto(field: "type" | "maxEntries" | "flags"): ReadMember {
  return number((draft, value) => {
    draft[field] = value;
    return undefined;
  });
}

/** A number is the length of the array that the member points to. */
function number(set: (draft: Draft, value: number) => string | undefined): ReadMember {
  return (draft, member, btf) => {
    const count = pointedCount(btf, member.type);
    return count === undefined ? "is no pointer to an array" : set(draft, count);
  };
}

function pointedCount(btf: Btf, typeId: number): number | undefined {
  const pointer = resolveType(btf, typeId);
  const array = pointer?.kind === "PTR" ? resolveType(btf, pointer.type) : undefined;
  return array?.kind === "ARRAY" ? array.count : undefined;
}

function setSize(draft: Draft, field: "keySize" | "valueSize", size: number): string | undefined {
  const known = draft[field];
  if (known !== 0 && known !== size) return `says ${size} bytes, another ${known}`;
  draft[field] = size;
  return undefined;
}

/** A type is what the member points to. */
function typed(sizeField: "keySize" | "valueSize", idField: "keyTypeId" | "valueTypeId"): ReadMember {
  return (draft, member, btf) => {
    const pointer = resolveType(btf, member.type);
    if (pointer?.kind !== "PTR") return "is no pointer";
    const size = sizeOf(btf, pointer.type);
    const kind = resolveType(btf, pointer.type)?.kind;
    if (size === 0 && kind !== "STRUCT" && kind !== "UNION")
      return `points to type [${pointer.type}] without a size`;
    const problem = setSize(draft, sizeField, size);
    if (problem === undefined) draft[idField] = pointer.type;
    return problem;
  };
}

/** An array without a length, of pointers to what may stand in the map: another map's definition, or a function. */
function slots(draft: Draft, member: BtfMember, btf: Btf): string | undefined {
  draft.slotsAt = Math.floor(member.bitOffset / 8);
  const problem = setSize(draft, "valueSize", SLOT_VALUE_SIZE);
  if (problem !== undefined) return problem;
  const wanted = isMapOfMaps(draft.type) ? "STRUCT" : isMapOfProgs(draft.type) ? "FUNC_PROTO" : undefined;
  if (wanted === undefined) return "is for maps of maps and prog arrays";
  const array = resolveType(btf, member.type);
  const pointer = array?.kind === "ARRAY" && array.count === 0 ? resolveType(btf, array.type) : undefined;
  const item = pointer?.kind === "PTR" ? resolveType(btf, pointer.type) : undefined;
  return item?.kind === wanted ? undefined : `is no array [] of pointers to ${wanted}`;
}

/** A number of 64 bits is the only value of an enum. */
function extra(draft: Draft, member: BtfMember, btf: Btf): string | undefined {
  const type = resolveType(btf, member.type);
  if (type?.kind !== "ENUM" && type?.kind !== "ENUM64") {
    const count = pointedCount(btf, member.type);
    if (count === undefined) return "is neither an enum nor a pointer to an array";
    draft.mapExtra = BigInt(count);
    return undefined;
  }
  const [value, ...others] = type.values;
  if (!value || others.length > 0) return `is an enum of ${type.values.length} values`;
  draft.mapExtra = BigInt.asUintN(
    64,
    type.kind === "ENUM" ? BigInt.asIntN(32, BigInt(value.value)) : BigInt(value.value),
  );
  return undefined;
}
