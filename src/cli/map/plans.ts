/** The types that a map's entries are printed by: its own, or those lent on the command line. */
import { type MapPlans, type MapTypes, planMap } from "../../model/map-plans.ts";
import type { MapRecord } from "../../model/records.ts";
import type { Context } from "../context.ts";

/** undefined where there are none, or, with a warning, where they do not fit. */
export function plansOf(map: MapRecord, types: MapTypes | undefined, { err }: Context): MapPlans | undefined {
  const plans = types && planMap(map, types);
  if (typeof plans !== "string") return plans;
  err.write(`Warning: ${plans}; printing raw bytes\n`);
  return undefined;
}
