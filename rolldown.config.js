import { defineConfig } from "rolldown";

/** Sources below src of a group of files, not those of packages. */
const sources = (/** @type {string} */ names) => new RegExp(`^(?!.*node_modules).*/src/(${names})`);

/** What lists objects, from the live kernel or a folder: one file, compiled once (see bin/bpflens.cjs). */
const BASE = [
  "errors",
  "bytes",
  "json",
  "uapi",
  "btf/(?!c/|merge/|find)",
  "kallsyms",
  "model/(?!map-plans|map-names)",
  "sys",
  "render/(prog|map|btf|shared|local-time)",
  "sources/(open|bundled|live|snapshot/(format|source|files|folder))",
  "cli/(main|commands|options|words|usage|io|prog|map|show|selectors)",
];

// The command line as CommonJS: an ES module entry alone costs 4 ms of start-up on Node 20.
// Dynamic imports become chunks of their own, so that yargs, zip and DOT load only when needed.
export default defineConfig({
  input: { main: "src/cli/main.ts" },
  platform: "node",
  preserveEntrySignatures: "allow-extension",
  // yargs asks import.meta only for `extends` of configuration files, which we have none of; modules that are loaded
  // on demand by some commands and at once by others lie in the common file.
  checks: { emptyImportMeta: false, ineffectiveDynamicImport: false },
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
        { name: "graph", test: sources("cfg|dot|render/prog/visual") },
        { name: "code", test: sources("insn|code|uapi/helpers|render/prog/xlated|cli/prog/dump") },
        {
          name: "types",
          test: sources("elf|btf/(c|merge|find)|render/btf/raw|cli/btf/dump|sources/btf-file"),
        },
        { name: "views", test: sources("render/map/view|cli/map/(view|lent-types)|model/map-names") },
        {
          name: "contents",
          test: sources(
            "bytes/hex-sink|model/map-plans|render/map/(dump|entry|no-keys)|cli/map/(dump|element|data|plans)",
          ),
        },
        { name: "details", test: sources("render/(link|btf|perf)|cli/(link|btf|perf)|uapi/(perf|attach)") },
        { name: "base", test: sources(BASE.join("|")) },
      ],
    },
    minify: { mangle: true, compress: true, codegen: true },
  },
});
