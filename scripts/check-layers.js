// @ts-check
/**
 * Imports point down the layers: each folder of src may import from those in its row and from itself, nothing else.
 * ARCHITECTURE.md tells why.
 */
import fs from "node:fs";
import path from "node:path";

/** L0: no knowledge of BPF, or tables only. */
const BASE = ["errors", "bytes", "uapi", "package-file", "web-assembly"];
/** L1: formats. */
const FORMATS = [...BASE, "json", "insn", "btf", "elf", "kallsyms", "dot", "native", "cbpf"];

/** @type {Readonly<Record<string, readonly string[]>>} */
const MAY_IMPORT = {
  errors: ["uapi"],
  version: [],
  "package-file": [],
  "web-assembly": [],
  bytes: ["errors"],
  uapi: [],
  json: ["bytes", "errors"],
  insn: [...BASE],
  btf: [...BASE, "json"],
  elf: [...BASE],
  kallsyms: [...BASE],
  dot: [],
  native: [...BASE],
  cbpf: [...BASE],
  model: FORMATS,
  code: [...FORMATS, "model", "cfg"],
  cfg: FORMATS,
  sys: [...BASE, "model"],
  "sources/live": [...FORMATS, "model", "sys"],
  "sources/snapshot": [...FORMATS, "model", "code", "version"],
  "sources/object": [...FORMATS, "model"],
  sources: [...BASE, "btf", "elf", "model", "sources/live", "sources/snapshot", "sources/object"],
  render: [...FORMATS, "model", "code", "cfg"],
  cli: [...FORMATS, "model", "code", "cfg", "sources", "sources/snapshot", "render", "version"],
  index: [...FORMATS, "model", "code", "cfg", "sources", "render", "version"],
};

const root = path.join(import.meta.dirname, "..", "src");

/** The row of the table that a file of src belongs to: the longest that fits. */
function layerOf(/** @type {string} */ file) {
  const name = path.relative(root, file).replace(/\.ts$/, "");
  return Object.keys(MAY_IMPORT)
    .filter((layer) => name === layer || name.startsWith(`${layer}/`))
    .sort((a, b) => b.length - a.length)[0];
}

const files = fs
  .readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => path.join(root, file));

const violations = files.flatMap((file) => {
  const layer = layerOf(file);
  if (layer === undefined) return [`${path.relative(root, file)} is in no layer`];
  const imports = fs.readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g);
  return [...imports].flatMap(([, target = ""]) => {
    const other = layerOf(path.resolve(path.dirname(file), target));
    if (other === layer || (other !== undefined && MAY_IMPORT[layer]?.includes(other))) return [];
    return [`${path.relative(root, file)}: ${layer} may not import ${other ?? target} (${target})`];
  });
});

const ffi = files.filter(
  (file) => /koffi/.test(fs.readFileSync(file, "utf8")) && !file.endsWith("sys/ffi.ts"),
);
violations.push(
  ...ffi.map((file) => `${path.relative(root, file)}: only sys/ffi.ts may know the FFI package`),
);

process.stdout.write(violations.map((violation) => `${violation}\n`).join(""));
process.exitCode = violations.length === 0 ? 0 : 1;
