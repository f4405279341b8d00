/** Where a snapshot is written: a folder or a zip file. Nothing stands at the target before all is written. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { Zip, type ZipInputFile } from "fflate";
import { toByteText } from "../../bytes/text.ts";
import { errnoOf, ioError } from "../../errors.ts";
import { strerror } from "../../uapi/errno.ts";
import type { SnapshotSink } from "./write.ts";

/** The compression method in a zip file. */
const DEFLATED = 8;

export interface TargetOptions {
  /** Replace what stands at the target. */
  readonly force: boolean;
  /** Time of the files in a zip. */
  readonly now: Date;
}

/** Runs `save` and puts what it wrote at `target`: a zip file where the name ends so, else a folder. */
export function writeTarget<T>(target: string, options: TargetOptions, save: (sink: SnapshotSink) => T): T {
  const action = `Cannot save snapshot '${toByteText(target)}'`;
  if (!options.force && existsSync(target)) throw ioError(`${action}: it exists; 'force' replaces it`);
  const partial = `${target.replace(/\/+$/, "")}.partial-${process.pid}`;
  try {
    const result = target.endsWith(".zip")
      ? writeZip(partial, options.now, save)
      : writeFolder(partial, save);
    rmSync(target, { recursive: true, force: true });
    renameSync(partial, target);
    return result;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    const errno = errnoOf(error);
    if (errno === undefined || (error instanceof Error && error.name === "InspectError")) throw error;
    throw ioError(`${action}: ${strerror(errno)}`, error);
  }
}

function writeFolder<T>(folder: string, save: (sink: SnapshotSink) => T): T {
  mkdirSync(folder, { mode: 0o700 });
  return save({
    put(name, bytes) {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes, { mode: 0o600 });
    },
  });
}

function writeZip<T>(file: string, now: Date, save: (sink: SnapshotSink) => T): T {
  const fd = openSync(file, "wx", 0o600);
  try {
    const zip = new Zip((error, bytes) => {
      if (error) throw error;
      writeSync(fd, bytes);
    });
    const result = save({
      put(name, bytes) {
        // fflate's own stream compressor writes broken data for some files of a few repeated bytes.
        const entry: ZipInputFile = {
          filename: name,
          size: bytes.length,
          crc: crc32(bytes),
          compression: DEFLATED,
          mtime: now,
        };
        zip.add(entry);
        entry.ondata?.(null, deflateRawSync(bytes), true);
      },
    });
    zip.end();
    return result;
  } finally {
    closeSync(fd);
  }
}
