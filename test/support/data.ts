/** Recorded data beside the tests. */
import fs from "node:fs";

/** A file beside the test: `dataFile(import.meta.url, "data/x.bin")`. */
export function dataFile(testUrl: string, name: string): Buffer {
  return fs.readFileSync(new URL(name, testUrl));
}

/** The same as byte text. */
export function dataText(testUrl: string, name: string): string {
  return dataFile(testUrl, name).toString("latin1");
}
