/** Failures to find one object by its id, in bpftool's words (section by object in docs/compat.md). */
import { type InspectError, syscallError } from "../errors.ts";
import { ENOENT } from "../uapi/errno.ts";
import type { ObjectKind } from "./records.ts";

const ACTION: Readonly<Record<ObjectKind, (id: number) => string>> = {
  prog: (id) => `get by id (${id})`,
  map: (id) => `get map by id (${id})`,
  btf: (id) => `can't get BTF object by id (${id})`,
  link: (id) => `failed to get link with ID ${id}`,
};

export function lookupError(kind: ObjectKind, id: number, errno: number = ENOENT): InspectError {
  return syscallError(ACTION[kind](id), errno, { status: kind === "link" ? -errno & 0xff : 255 });
}
