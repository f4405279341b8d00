/** `token show` (bpftool token.c:do_show). */
import { tokenJson, tokenPlain } from "../../render/token/show.ts";
import type { Run } from "../context.ts";

export const tokenShow: Run = async (words, context) => {
  words.end();
  const { source } = await context.registry();
  const { json, out } = context;
  json?.startArray();
  for (const token of source.tokens()) {
    if (json) tokenJson(json, token);
    else tokenPlain(out, token);
  }
  json?.endArray();
};
