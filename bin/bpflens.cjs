#!/usr/bin/env node
"use strict";
const { existsSync } = require("node:fs");

const bundle = `${__dirname}/../dist/cli/main.cjs`;
if (existsSync(bundle)) {
  require(bundle)
    .main(process.argv.slice(2))
    .then((status) => {
      process.exitCode = status;
    });
} else {
  process.stderr.write("bpflens is not built yet: npm ci && npm run build\n");
  process.exitCode = 255;
}
