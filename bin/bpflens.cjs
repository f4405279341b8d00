#!/usr/bin/env node
"use strict";
/**
 * Runs the bundle. Compiling it is most of what a short command takes, so the compiled code of each of its files is kept
 * beside it: by the first runs of each command with a version of Node.js, where the folder belongs to whoever runs it.
 */
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const FOLDER = path.join(__dirname, "..", "dist", "cli");
const BUNDLE = path.join(FOLDER, "main.cjs");

/** The first runs of each command add the functions that they needed: a listing of an empty kernel needs few. */
const KEEPING_RUNS = 3;
/** Runs that keep anything, of all commands. */
const MOST_RUNS = 60;
/** The words of a line that tell which code it needs. */
const WORDS = 4;

/** The scripts that were run, which can hand out their compiled code, where that is kept, and which runs have kept it. */
const scripts = [];

/** Runs a file of the bundle as the module that it is. `suffix`: of the names of what is kept. */
function load(file, suffix) {
  const known = require.cache[file];
  if (known) return known.exports;
  const source = fs.readFileSync(file, "utf8");
  if (source.includes("import(")) return require(file); // which only a module of Node's own loader may do
  const cache = file + suffix;
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  const { code, runs } = codeAndRuns(readIfThere(cache));
  const script = new vm.Script(wrapped, { filename: file, cachedData: code });
  scripts.push({ script, cache, runs: script.cachedDataRejected === false ? runs : [] });
  const bundled = { exports: {} };
  require.cache[file] = bundled; // other files require it
  const requireFromFile = (name) =>
    name.startsWith("./") ? load(path.join(FOLDER, name), suffix) : require(name);
  script.runInThisContext()(bundled.exports, requireFromFile, bundled, file, FOLDER);
  return bundled.exports;
}

/**
 * V8 checks that the code is its own, but of the source only its length: so the name has the time of the build. It keeps
 * the functions that have run, and the live kernel needs others than a snapshot.
 */
function cacheSuffix({ mtimeMs }, line) {
  const fromSnapshot = process.env.BPFLENS_FROM || line.some((word) => word.startsWith("--from"));
  const source = fromSnapshot ? "snapshot" : "live";
  return `.${process.version}-${process.arch}-${mtimeMs}-${source}.cache`;
}

/** Code stands first in a file, then a line for each run, and how long these are: two bytes. */
function codeAndRuns(kept) {
  if (kept === undefined || kept.length < 2) return { code: undefined, runs: [] };
  const end = kept.length - 2;
  const start = Math.max(0, end - kept.readUInt16LE(end));
  return { code: kept.subarray(0, start), runs: kept.toString("latin1", start, end).split("\n") };
}

/** What a run is called among those that have kept code: options and words, without names and numbers. */
function runOf(line) {
  return line
    .filter((word) => /^[a-z-]{1,20}$/.test(word))
    .slice(0, WORDS)
    .join(" ");
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Never in a folder of somebody else, and never with an error: it is only for speed. */
function keep({ script, cache, runs }, run) {
  if (runs.length >= MOST_RUNS || runs.filter((other) => other === run).length >= KEEPING_RUNS) return;
  try {
    if (fs.statSync(FOLDER).uid !== process.getuid?.()) return;
    const partial = `${cache}.${process.pid}`;
    const lines = Buffer.from([...runs, run].join("\n"), "latin1");
    const length = Buffer.of(lines.length & 0xff, lines.length >> 8);
    fs.writeFileSync(partial, Buffer.concat([script.createCachedData(), lines, length]));
    fs.renameSync(partial, cache);
  } catch {
    // A read-only file system, or no room.
  }
}

const stat = fs.statSync(BUNDLE, { throwIfNoEntry: false });
if (!stat) {
  process.stderr.write("bpflens is not built yet: npm ci && npm run build\n");
  process.exitCode = 255;
} else {
  const line = process.argv.slice(2);
  const { main } = load(BUNDLE, cacheSuffix(stat, line));
  main(line).then((status) => {
    process.exitCode = status;
    // The code that was run is in it; after `version` or a failure that is next to nothing.
    if (status !== 0 || line.length < 2) return;
    const run = runOf(line);
    for (const script of scripts) keep(script, run);
  });
}
