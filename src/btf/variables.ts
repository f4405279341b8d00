/** Variables by their place in a section: what stands at an offset into .data, .rodata, .bss. */
import type { Btf } from "./btf.ts";

/** `limit`, or `table+8` inside of a variable; undefined where the type is no DATASEC or has nothing there. */
export function variableAt(btf: Btf, dataSecId: number, offset: number): string | undefined {
  const section = btf.type(dataSecId);
  if (section?.kind !== "DATASEC") return undefined;
  const place = section.vars.find((entry) => offset >= entry.offset && offset - entry.offset < entry.size);
  const name = place && btf.type(place.type)?.name;
  if (!name) return undefined;
  return offset === place.offset ? name : `${name}+${offset - place.offset}`;
}
