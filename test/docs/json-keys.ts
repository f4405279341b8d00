/**
 * Keys of a JSON document: `tc[].act[].id`. Where keys are data (names of variables, of types) they count as one, `*`.
 */

/** Objects below these have keys that their data names. */
const DATA_KEYS = /^(.*\bformatted\b.*|.*\bmetadata|refused|.*\bbpf_map_info|.*\bbpf_struct_ops_\*)$/;

/** Families of keys by what they are named after. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^CONFIG_\w+$/, "CONFIG_*"],
  [/^have_\w+_prog_type$/, "have_*_prog_type"],
  [/^have_\w+_map_type$/, "have_*_map_type"],
  [/^\w+_available_helpers$/, "*_available_helpers"],
  [/^bpf_struct_ops_\w+$/, "bpf_struct_ops_*"],
];

function familyOf(key: string): string {
  return FAMILIES.find(([pattern]) => pattern.test(key))?.[1] ?? key;
}

/** Every key of the document once, in the order of its first appearance. */
export function keysOf(json: string): string[] {
  const keys = new Set<string>();
  collect(JSON.parse(json), "", keys);
  return [...keys];
}

function collect(value: unknown, path: string, keys: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, path === "" ? "" : `${path}[]`, keys);
  else if (value !== null && typeof value === "object" && !DATA_KEYS.test(path))
    for (const [key, member] of Object.entries(value)) {
      const own = path === "" ? familyOf(key) : `${path.replace(/(\[\])+$/, "[]")}.${familyOf(key)}`;
      keys.add(own.replace(/^\[\]\./, ""));
      collect(member, own, keys);
    }
}
