/** `feature list_builtins`: names that bpflens knows, by number (bpftool feature.c:do_list_builtins). */
import { ATTACH_TYPES } from "../../uapi/attach-types.ts";
import { HELPERS } from "../../uapi/helpers.ts";
import { LINK_TYPES } from "../../uapi/link-types.ts";
import { MAP_TYPES } from "../../uapi/map-types.ts";
import { PROG_TYPES } from "../../uapi/prog-types.ts";

/** In the order in which bpftool matches words. */
export const BUILTINS = {
  prog_types: PROG_TYPES,
  map_types: MAP_TYPES,
  attach_types: ATTACH_TYPES,
  link_types: LINK_TYPES,
  helpers: HELPERS,
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type BuiltinGroup = keyof typeof BUILTINS;
