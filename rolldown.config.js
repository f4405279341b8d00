import { defineConfig } from "rolldown";

// The command line as CommonJS: an ES module entry alone costs 4 ms of start-up on Node 20.
// Dynamic imports become chunks of their own, so that yargs, zip and DOT load only when needed.
export default defineConfig({
  input: { main: "src/cli/main.ts" },
  platform: "node",
  // yargs asks import.meta only for `extends` of configuration files, which we have none of.
  checks: { emptyImportMeta: false },
  external: [/^@koromix\//, "koffi", "graphviz-builder", "@hpcc-js/wasm-graphviz"],
  output: {
    dir: "dist/cli",
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
    minify: { mangle: false, compress: true, codegen: true },
  },
});
