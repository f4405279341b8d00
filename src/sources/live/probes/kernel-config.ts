/** Options that the kernel was built with (bpftool common.c:read_kernel_config). */
import { gunzipSync } from "node:zlib";
import type { KernelConfig, KernelOption } from "../../../model/feature-records.ts";
import type { Syscalls } from "../../../sys/syscalls.ts";
import { ENOENT, strerror } from "../../../uapi/errno.ts";
import { KERNEL_OPTIONS } from "../../../uapi/kernel-options.ts";

/** The second line of every file that the kernel's build has written. */
const SECOND_LINE = "# Automatically generated file; DO NOT EDIT.";
/** Bytes in which the first two lines end. */
const HEAD_SIZE = 256;
const GZIP_MAGIC = "\x1f\x8b";
/** Of the unpacked text, in bytes; a real one has some 200,000. */
const MAX_SIZE = 1 << 24;

/** From the file of the running release, or from the kernel itself. */
export function readKernelConfig(sys: Syscalls): KernelConfig {
  const file = sys.readText(`/boot/config-${sys.uname().release}`) ?? sys.readText("/proc/config.gz");
  if (file === undefined) return { skipped: `can't open file: ${strerror(ENOENT)}` };
  const text = unpacked(file);
  if (text === undefined) return { skipped: "can't read from file: it cannot be unpacked" };
  const [, second, ...rest] = text.slice(0, HEAD_SIZE).split("\n");
  if (second === undefined || rest.length === 0) return { skipped: "can't read from file: it ends too soon" };
  if (second !== SECOND_LINE) return { skipped: "can't find correct file" };
  return { options: KERNEL_OPTIONS.flatMap((name) => optionIn(text, name)) };
}

/** Of several values of one option the first counts. */
function optionIn(text: string, name: string): KernelOption[] {
  const start = `\n${name}=`;
  const at = text.indexOf(start);
  if (at < 0) return [];
  const from = at + start.length;
  const end = text.indexOf("\n", from);
  const value = text.slice(from, end < 0 ? text.length : end);
  return value === "" ? [] : [{ name, value }];
}

/** undefined where it is packed and cannot be unpacked. */
function unpacked(file: string): string | undefined {
  if (!file.startsWith(GZIP_MAGIC)) return file;
  try {
    return gunzipSync(Buffer.from(file, "latin1"), { maxOutputLength: MAX_SIZE }).toString("latin1");
  } catch {
    return undefined;
  }
}
