/** Links that are iterators. */
import { usageError } from "../../errors.ts";
import type { LinkRecord } from "../../model/records.ts";
import type { Registry } from "../../model/registry.ts";
import type { linkSelector } from "../selectors.ts";

export function isIterator({ detail }: LinkRecord): boolean {
  return detail.kind === "iter";
}

/** Throws where there is no such link, and where it is of another kind. */
export function findIterator(registry: Registry, selector: ReturnType<typeof linkSelector>): LinkRecord {
  const link = registry.findLink(selector);
  if (!isIterator(link)) throw usageError(`link ${link.id} is not an iterator`);
  return link;
}
