import { defineConfig } from "rolldown";

/** Sources below src of a group of files, not those of packages. */
const sources = (/** @type {string} */ names) => new RegExp(`^(?!.*node_modules).*/src/(${names})`);

/** What lists programs, wherever from: one file, compiled once (see bin/bpflens.cjs). The sources are files beside it. */
const BASE = [
  "errors",
  "package-file",
  "web-assembly",
  "bytes",
  "json",
  "uapi",
  "btf/(?!c/|merge/|find|variables|struct-named|core-access|ext-sections)",
  "kallsyms",
  "model/(?!map-plans|map-names|struct-ops|attachments|stored-contents)",
  "render/(prog|btf|shared|local-time)",
  "sources/(open|read-file|bundled)",
  "cli/(main|commands|options|words|usage|io|prog|show|selectors)",
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
  external: [
    /^@koromix\//,
    "koffi",
    "graphviz-builder",
    "@hpcc-js/wasm-graphviz",
    "@alexaltea/capstone-js",
    "@resvg/resvg-js",
  ],
  output: {
    dir: "dist/cli",
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
    // Few files, since each costs half a millisecond; what only some sources or commands need stays apart.
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { name: "native", test: sources("native|code/jited|render/prog/jited|cli/prog/jited") },
        { name: "classic", test: sources("cbpf|render/cbpf/listing|cli/cbpf/(dump|input)") },
        {
          name: "names",
          test: sources("code/(names|registers|jump-)|cfg/(calls|functions)|btf/(variables|find)"),
        },
        {
          name: "graph",
          test: sources(
            "cfg|dot|render/(graph|cbpf)|render/prog/(visual|graph)|cli/(prog|cbpf)/graph|cli/graph",
          ),
        },
        { name: "text", test: sources("render/terminal-text") },
        {
          name: "code",
          test: sources(
            "insn|code/(?!names|registers|jump-|whereis|place-answers|loaded-functions|compiled-programs)|uapi/helpers|render/prog/(xlated|source-line)|cli/prog/(dump|code|xlated|references)",
          ),
        },
        { name: "elf", test: sources("elf") },
        { name: "object", test: sources("sources/object|btf/(core-access|ext-sections)") },
        { name: "c", test: sources("btf/c/") },
        { name: "merge", test: sources("btf/merge") },
        { name: "types", test: sources("render/btf/raw|cli/btf/dump|sources/btf-file") },
        { name: "views", test: sources("render/map/view|cli/map/(view|lent-types)|model/map-names") },
        {
          name: "contents",
          test: sources(
            "bytes/hex-sink|model/map-plans|render/map/(dump|entry|no-keys)|cli/map/(dump|element|data|plans)",
          ),
        },
        {
          name: "details",
          test: sources(
            "render/(link|btf|perf|net|iter)|cli/(link|btf|perf|net|iter/(show|link))|model/link-views|uapi/perf",
          ),
        },
        {
          name: "streams",
          test: sources("cli/(pieces|prog/tracelog)"),
        },
        { name: "completion", test: sources("cli/(completion|definitions)") },
        {
          name: "features",
          test: sources(
            "sources/(live/probes|snapshot/features)|sys/probe-attr|render/feature|cli/feature|uapi/(kernel-options|probed-helpers)",
          ),
        },
        {
          name: "attachments",
          test: sources("model/attachments|render/attachments|cli/attachments"),
        },
        { name: "cgroups", test: sources("model/cgroup-views|render/cgroup|cli/cgroup") },
        {
          name: "struct-ops",
          test: sources("btf/struct-named|model/struct-ops|render/struct_ops|cli/struct_ops"),
        },
        {
          name: "whereis",
          test: sources(
            "code/(whereis|place-answers|loaded-functions|compiled-programs)|render/whereis|cli/whereis",
          ),
        },
        {
          name: "snapshot",
          test: sources("sources/snapshot/(?!write|zip|sinks)|model/stored-contents|json/shape"),
        },
        { name: "live", test: sources("sources/live|sys/") },
        { name: "maps", test: sources("(render|cli)/map/") },
        { name: "base", test: sources(BASE.join("|")) },
      ],
    },
    minify: { mangle: true, compress: true, codegen: true },
  },
});
