/**
 * The one error class, and a factory for each family of failure.
 *
 * Messages say: failed action, quoted value, colon, detail with offset; no final period. Messages that
 * bpftool has too are in bpftool's words, since scripts match on them.
 */
import { strerror } from "./uapi/errno.ts";

export type ErrorCode =
  /** The command line cannot be understood. */
  | "usage"
  /** The object asked for is not there. */
  | "not-found"
  /** A system call failed; `data.errno` tells why. */
  | "syscall"
  /** Bytes do not form what they should: BTF, instructions, JSON. */
  | "malformed"
  /** A snapshot cannot be used. */
  | "snapshot"
  /** A file cannot be read or written. */
  | "io"
  /** This build, source or machine cannot do it. */
  | "unsupported";

export class InspectError extends Error {
  override readonly name = "InspectError";
  readonly code: ErrorCode;
  readonly data: Readonly<Record<string, unknown>>;
  /** Exit status of a process that fails with this error; bpftool's `-1 & 255` unless told otherwise. */
  readonly status: number;

  constructor(
    code: ErrorCode,
    message: string,
    options: { data?: Readonly<Record<string, unknown>>; status?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.data = options.data ?? {};
    this.status = options.status ?? 255;
  }
}

/** A word on the command line that does not fit. */
export function usageError(message: string, status = 255): InspectError {
  return new InspectError("usage", message, { status });
}

/** `action: strerror(errno)`, as in `get by id (7): No such file or directory`; `hint` follows at once. */
export function syscallError(
  action: string,
  errno: number,
  { status = 255, hint = "" }: { status?: number; hint?: string } = {},
): InspectError {
  return new InspectError("syscall", `${action}: ${strerror(errno)}${hint}`, { data: { errno }, status });
}

export function notFoundError(message: string): InspectError {
  return new InspectError("not-found", message);
}

/** `Cannot parse BTF: string offset 0x1f4 is past the end (500 bytes)`. `offset` is in bytes. */
export function malformedError(what: string, detail: string, offset?: number): InspectError {
  return new InspectError("malformed", `Cannot parse ${what}: ${detail}`, { data: { what, offset } });
}

/** `Cannot read snapshot 'x.zip': progs.json: [3].tag: expected 16 hex digits`. */
export function snapshotError(label: string, detail: string, cause?: unknown): InspectError {
  return new InspectError("snapshot", `Cannot read snapshot '${label}': ${detail}`, { cause });
}

export function ioError(message: string, cause?: unknown): InspectError {
  return new InspectError("io", message, { cause });
}

export function unsupportedError(message: string): InspectError {
  return new InspectError("unsupported", message);
}

/** The errno of a failed system call, or of a Node.js file system error; undefined for everything else. */
export function errnoOf(error: unknown): number | undefined {
  if (error instanceof InspectError) {
    return typeof error.data.errno === "number" ? error.data.errno : undefined;
  }
  if (error instanceof Error && "errno" in error && typeof error.errno === "number") {
    return Math.abs(error.errno);
  }
  return undefined;
}
