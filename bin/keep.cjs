"use strict";
/**
 * Keeps the compiled code of the bundle for this version of Node.js: in files that bpflens.cjs reads, where the folder
 * belongs to whoever runs it.
 */
const fs = require("node:fs");
const path = require("node:path");

/**
 * `scripts` have run, and have been kept by `runs` before this one. Never in a folder of somebody else, and never with an
 * error: it is only for speed.
 */
function keep(scripts, run) {
  for (const { script, cache, runs } of scripts) {
    try {
      if (fs.statSync(path.dirname(cache)).uid !== process.getuid?.()) return;
      const partial = `${cache}.${process.pid}`;
      const lines = Buffer.from([...runs, run].join("\n"), "latin1");
      const length = Buffer.of(lines.length & 0xff, lines.length >> 8);
      fs.writeFileSync(partial, Buffer.concat([script.createCachedData(), lines, length]));
      fs.renameSync(partial, cache);
    } catch {
      // A read-only file system, or no room.
    }
  }
}

module.exports = { keep };
