/** `btf show [id BTF_ID]` */
import { btfViews } from "../../model/views.ts";
import { btfJson, btfPlain } from "../../render/btf/show.ts";
import { btfSelector } from "../selectors.ts";
import { showCommand } from "../show.ts";

export const btfShow = showCommand({
  select(words) {
    const { id } = btfSelector(words);
    return (registry) => [registry.source.btf(id)];
  },
  all: (registry) => registry.source.btfs(),
  views: btfViews,
  plain: btfPlain,
  json: btfJson,
});
