/** `version`: further words are ignored, as bpftool does. */
import { FOLLOWED, VERSION } from "../version.ts";
import type { Context } from "./context.ts";
import type { Words } from "./words.ts";

/**
 * What bpftool can be built with or without: `llvm` stands for listings of compiled code, in LLVM's form, `skeletons` for the pids
 * of holders, `crypto` for signed loaders.
 */
const FEATURES = { libbfd: false, llvm: true, crypto: false, skeletons: true, bootstrap: false } as const;

export function showVersion(_words: Words, { json, out }: Context): void {
  if (!json) {
    const features = Object.entries(FEATURES).flatMap(([name, has]) => (has ? [name] : []));
    out.write(
      `bpftool v${FOLLOWED.bpftool}\nusing libbpf v${FOLLOWED.libbpf}\nfeatures: ${features.join(", ")}\n`,
    );
    out.write(`this is bpflens v${VERSION}, which prints what the above prints\n`);
    return;
  }
  json.startObject().stringField("version", FOLLOWED.bpftool).stringField("libbpf_version", FOLLOWED.libbpf);
  json.key("features").startObject();
  for (const [name, has] of Object.entries(FEATURES)) json.boolField(name, has);
  json.endObject().stringField("bpflens", VERSION).endObject();
}
