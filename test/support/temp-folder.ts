/** A folder that lives as long as the test file runs. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll } from "vitest";

/** Real path of a new folder; it is removed after all tests of the file. */
export function tempFolder(): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "bpflens-test-")));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}
