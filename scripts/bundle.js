// @ts-check
/** Bundles the command line into dist/cli as rolldown.config.js says, without its table of files. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, rmSync } from "node:fs";
import { rolldown } from "rolldown";
import config from "../rolldown.config.js";

const { output, ...input } =
  /** @type {import("rolldown").RolldownOptions & { output: import("rolldown").OutputOptions }} */ (config);
rmSync("dist/cli", { recursive: true, force: true });
const bundle = await rolldown(input);
const files = await bundle.write(output);
await bundle.close();

// bin/bpflens.cjs tells one bundle from another by it.
const digest = createHash("sha256");
for (const file of files.output) digest.update("code" in file ? file.code : file.source);
appendFileSync("dist/cli/main.cjs", `//${digest.digest("hex").slice(0, 16)}`);

// The first runs keep the compiled code for this Node.js (see bin/bpflens.cjs): a listing is what matters most. Of the live
// kernel only root gets one.
for (const source of [["--from", "demo"], []]) {
  spawnSync(process.execPath, ["bin/bpflens.cjs", ...source, "prog", "show"], { stdio: "ignore" });
}
