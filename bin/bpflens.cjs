#!/usr/bin/env node
"use strict";
/**
 * Runs the bundle. Compiling it is most of what a short command takes, so the compiled code is kept beside it: by the
 * first run with a version of Node.js, where the folder belongs to whoever runs it, for all later runs.
 */
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const FOLDER = path.join(__dirname, "..", "dist", "cli");
const BUNDLE = path.join(FOLDER, "main.cjs");

/** Runs the bundle as the module that it is; its script can hand out the compiled code. */
function load(cachedData) {
  const source = fs.readFileSync(BUNDLE, "utf8");
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  const script = new vm.Script(wrapped, { filename: BUNDLE, cachedData });
  const bundle = { exports: {} };
  const requireFromBundle = module.constructor.createRequire(BUNDLE);
  requireFromBundle.cache[BUNDLE] = bundle; // its other chunks require it
  script.runInThisContext()(bundle.exports, requireFromBundle, bundle, BUNDLE, FOLDER);
  return { script, main: bundle.exports.main };
}

/**
 * V8 checks that the code is its own, but of the source only its length: so the name has the time of the build. It keeps
 * the functions that have run, and the live kernel needs others than a snapshot.
 */
function cacheName({ mtimeMs }, line) {
  const fromSnapshot = process.env.BPFLENS_FROM || line.some((word) => word.startsWith("--from"));
  const source = fromSnapshot ? "snapshot" : "live";
  return `${BUNDLE}.${process.version}-${process.arch}-${mtimeMs}-${source}.cache`;
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Never in a folder of somebody else, and never with an error: it is only for speed. */
function keep(script, file) {
  try {
    if (fs.statSync(FOLDER).uid !== process.getuid?.()) return;
    const partial = `${file}.${process.pid}`;
    fs.writeFileSync(partial, script.createCachedData());
    fs.renameSync(partial, file);
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
  const cache = cacheName(stat, line);
  const cachedData = readIfThere(cache);
  const { script, main } = load(cachedData);
  main(line).then((status) => {
    process.exitCode = status;
    // The code that was run is in it; after `version` or a failure that is next to nothing.
    if (status === 0 && line.length > 1 && (!cachedData || script.cachedDataRejected)) keep(script, cache);
  });
}
