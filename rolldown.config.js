import { defineConfig } from "rolldown";

// The command line as CommonJS: an ES module entry alone costs 4 ms of start-up on Node 20.
// Dynamic imports become chunks of their own, so that yargs, zip and DOT load only when needed.
/** What most commands need. */
const isCore = /^(?!.*node_modules).*\/src\/(bytes|json|uapi|btf|insn|kallsyms|code|model|render\/(?!prog\/visual)|cli\/(prog|map|link|btf|perf|show|selectors)|errors|sources\/open|sources\/bundled)/;

export default defineConfig({
  input: { main: "src/cli/main.ts" },
  platform: "node",
  preserveEntrySignatures: "allow-extension",
  // yargs asks import.meta only for `extends` of configuration files, which we have none of.
  checks: { emptyImportMeta: false },
  external: [/^@koromix\//, "koffi", "graphviz-builder", "@hpcc-js/wasm-graphviz"],
  output: {
    dir: "dist/cli",
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
    // Few files, since each costs half a millisecond; what only some sources or commands need stays apart.
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { name: "snapshot", test: /valibot|src\/sources\/snapshot\/(format|source|files|folder)/ },
        { name: "live", test: /src\/(sources\/live|sys)\// },
        { name: "core", test: isCore },
      ],
    },
    minify: { mangle: false, compress: true, codegen: true },
  },
});
