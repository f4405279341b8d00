/** `btf show [id BTF_ID]` */
import { errnoOf, syscallError } from "../../errors.ts";
import type { Registry } from "../../model/registry.ts";
import { btfViews } from "../../model/views.ts";
import { btfJson, btfPlain } from "../../render/btf/show.ts";
import { btfSelector } from "../selectors.ts";
import { showCommand } from "../show.ts";

/** bpftool looks for the users of BTF objects first, and has its own words when it may not. */
function readUsers(registry: Registry): void {
  try {
    registry.progInfos();
    registry.mapInfos();
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined || !(error instanceof Error)) throw error;
    throw syscallError(
      error.message.startsWith("can't get next map") ? "can't get next map" : "can't get next prog",
      errno,
    );
  }
}

export const btfShow = showCommand({
  select(words) {
    const { id } = btfSelector(words);
    return (registry) => [registry.source.btf(id)];
  },
  prepare: readUsers,
  all: (registry) => registry.source.btfs(),
  views: btfViews,
  plain: btfPlain,
  json: btfJson,
});
