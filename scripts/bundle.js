// @ts-check
/** Bundles the command line into dist/cli as rolldown.config.js says, without its table of files. */
import { rmSync } from "node:fs";
import { rolldown } from "rolldown";
import config from "../rolldown.config.js";

const { output, ...input } =
  /** @type {import("rolldown").RolldownOptions & { output: import("rolldown").OutputOptions }} */ (config);
rmSync("dist/cli", { recursive: true, force: true });
const bundle = await rolldown(input);
await bundle.write(output);
await bundle.close();
