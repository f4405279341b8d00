#!/usr/bin/env node
"use strict";
/**
 * Runs the bundle. Compiling it is most of what a short command takes, so the compiled code of each of its files is kept
 * beside it (see keep.cjs). Whatever stands here is compiled each time.
 */
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const FOLDER = path.join(__dirname, "..", "dist", "cli");
const MAIN = path.join(FOLDER, "main.cjs");

/** The first runs of each command add the functions that they needed: a listing of an empty kernel needs few. */
const KEEPING_RUNS = 3;
/** Runs that keep anything, of all commands. */
const MOST_RUNS = 60;
/** The words of a line that tell which code it needs. */
const WORDS = 4;

/** The scripts that were run, which can hand out their compiled code, where that is kept, and which runs have kept it. */
const scripts = [];

/** Runs a file of the bundle as the module that it is. `suffix`: of the names of what is kept. */
function load(file, source, suffix) {
  const cache = file + suffix;
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  const { code, runs } = codeAndRuns(cache);
  const script = new vm.Script(wrapped, { filename: file, cachedData: code });
  scripts.push({ script, cache, runs: script.cachedDataRejected === false ? runs : [] });
  const bundled = { exports: Object.create(null) }; // there are hundreds: V8 keeps these as a hash table from the start
  require.cache[file] = bundled; // other files require it
  const requireFromFile = (name) => {
    if (!name.startsWith("./")) return require(name);
    const other = path.join(FOLDER, name);
    if (require.cache[other]) return require.cache[other].exports;
    const source = fs.readFileSync(other, "utf8");
    // Only a module of Node's own loader may import.
    return source.includes("import(") ? require(other) : load(other, source, suffix);
  };
  script.runInThisContext()(bundled.exports, requireFromFile, bundled, file, FOLDER);
  return bundled.exports;
}

/** Code stands first in a file, then a line for each run, and how long these are: two bytes. */
function codeAndRuns(cache) {
  let kept;
  try {
    kept = fs.readFileSync(cache);
  } catch {
    return { runs: [] };
  }
  const end = Math.max(0, kept.length - 2);
  const start = Math.max(0, end - (kept[end] | (kept[end + 1] << 8)));
  return { code: kept.subarray(0, start), runs: kept.latin1Slice(start, end).split("\n") };
}

function mainSource() {
  try {
    return fs.readFileSync(MAIN, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    process.stderr.write("bpflens is not built yet: npm ci && npm run build\n");
    process.exitCode = 255;
    return undefined;
  }
}

const source = mainSource();
if (source !== undefined) {
  const line = process.argv.slice(2);
  // V8 checks that the code is its own, but of the source only its length. Behind its last slashes the bundle has a digest.
  const digest = source.slice(source.lastIndexOf("//") + 2);
  const { main } = load(MAIN, source, `.${process.version}-${process.arch}-${digest}.cache`);
  main(line).then((status) => {
    process.exitCode = status;
    // The code that was run is in it; after `version` or a failure that is next to nothing.
    if (status !== 0 || line.length < 2) return;
    // What a run is called among those that have kept code: options and words, without names and numbers.
    const named = line.filter((word) => /^[a-z-]{1,20}$/.test(word));
    const run = named.slice(0, WORDS).join(" ");
    const isDue = ({ runs }) =>
      runs.length < MOST_RUNS && runs.filter((other) => other === run).length < KEEPING_RUNS;
    const due = scripts.filter(isDue);
    if (due.length > 0) require("./keep.cjs").keep(due, run);
  });
}
