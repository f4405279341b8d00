/**
 * The command line: options, the command, and the one place that prints errors. Returns the exit status; nothing
 * here or below ends the process.
 */
import { toByteText } from "../bytes/text.ts";
import { errnoOf, InspectError, unsupportedError } from "../errors.ts";
import { JsonWriter } from "../json/writer.ts";
import { Registry } from "../model/registry.ts";
import type { ObjectSource } from "../model/source.ts";
import { openSource } from "../sources/open.ts";
import { EACCES, ENOSYS, EPERM } from "../uapi/errno.ts";
import { COMMANDS, isAbsent, isObject, type TopEntry } from "./commands.ts";
import type { Context, Run } from "./context.ts";
import { BrokenPipe, type Io, processIo } from "./io.ts";
import { type Options, parseLine } from "./options.ts";
import { helpError, usageError, wantsHelp } from "./usage.ts";
import { isPrefix, Words } from "./words.ts";

/** What a shell reports of a process that SIGPIPE has ended. */
const BROKEN_PIPE_STATUS = 141;
const FAILURE_STATUS = 255;

export interface Environment {
  readonly BPFLENS_FROM?: string | undefined;
}

export async function main(
  argv: readonly string[],
  io: Io = processIo(),
  env: Environment = process.env,
  isRoot = process.getuid?.() === 0,
): Promise<number> {
  try {
    const status = await run(argv, io, env, isRoot);
    io.out.flush();
    io.err.flush();
    return status;
  } catch (error) {
    if (error instanceof BrokenPipe) return BROKEN_PIPE_STATUS;
    if (!(error instanceof InspectError)) throw error;
    io.err.write(`Error: ${error.message}\n`); // stdout does not take any more
    return FAILURE_STATUS;
  }
}

async function run(argv: readonly string[], io: Io, env: Environment, isRoot: boolean): Promise<number> {
  const line = parseLine(argv.map(toByteText));
  const options = { ...line.options, from: line.options.from ?? toByteText(env.BPFLENS_FROM || "live") };
  const json = options.json ? new JsonWriter(io.out, { pretty: options.pretty }) : undefined;
  const session: Session = { options, json, io, isRoot, ...sourceOpener(options.from) };
  const status =
    "error" in line
      ? await report(line.error, makeContext([], session), session)
      : await runLine(line.only ? [line.only] : line.words, session);
  if (json) io.out.write("\n");
  return status;
}

/** What all commands of a process have in common. */
interface Session {
  readonly options: Options;
  readonly json: JsonWriter | undefined;
  readonly io: Io;
  readonly isRoot: boolean;
  /** The source, opened by the first call. */
  open(): Promise<ObjectSource>;
  /** What it has to say of itself, each sentence once. */
  warnings(): readonly string[];
}

function sourceOpener(from: string): Pick<Session, "open" | "warnings"> {
  let source: ObjectSource | undefined;
  let told = 0;
  return {
    async open() {
      source ??= await openSource(from);
      return source;
    },
    warnings() {
      const warnings = source?.warnings?.().slice(told) ?? [];
      told += warnings.length;
      return warnings;
    },
  };
}

/** One command: its exit status, with its failure printed. */
async function runLine(line: readonly string[], session: Session): Promise<number> {
  const { io } = session;
  const chosen = choose(line);
  const context = makeContext(chosen.path, session);
  try {
    checkOwnOptions(chosen, session.options);
    await (await chosen.load())(chosen.words, context);
    return 0;
  } catch (error) {
    if (error instanceof BrokenPipe) throw error;
    return report(error, context, session);
  } finally {
    for (const warning of session.warnings()) io.err.write(`Warning: ${session.options.from}: ${warning}\n`);
  }
}

/** Each command has a registry of its own: what it remembers may not hold for the next. */
function makeContext(command: readonly string[], session: Session): Context {
  const { options, json, io } = session;
  let registry: Registry | undefined;
  return {
    command,
    options,
    out: io.out,
    err: io.err,
    json,
    async registry() {
      if (!registry) {
        registry = new Registry(await session.open());
      }
      return registry;
    },
    runLine: (line) => runLine(line, session),
  };
}

/** An option of another command is a mistake, not a wish. */
function checkOwnOptions({ path, allowed }: Choice, { own }: Pick<Options, "own">): void {
  const stray = Object.keys(own).find((name) => !allowed.includes(name));
  if (stray === undefined) return;
  const command = path.length > 0 ? `'${path.join(" ")}' has` : "there is";
  throw usageError(`${command} no option '--${stray}'`);
}

interface Choice {
  /** The words of the command in full: what help is shown for. */
  readonly path: readonly string[];
  readonly words: Words;
  /** Its own options. */
  readonly allowed: readonly string[];
  load(): Promise<Run>;
}

/** The command that the words name. No words, or words that name nothing, show help. */
function choose(line: readonly string[]): Choice {
  const words = new Words(line);
  if (words.left === 0)
    return { allowed: [], path: [], words, load: async () => (await import("./help.ts")).showHelp };
  const top = match(words.take(), COMMANDS);
  if (top === undefined) return { allowed: [], path: [], words, load: async () => failWithHelp };
  if (!isObject(top)) return choice([top.word], top, words);
  const first = words.left === 0 ? top.commands[0] : match(words.take(), top.commands);
  if (first === undefined) return { allowed: [], path: [top.word], words, load: async () => failWithHelp };
  return choice([top.word, first.word], first, words);
}

function match<T extends { readonly word: string }>(word: string, table: readonly T[]): T | undefined {
  return table.find((entry) => isPrefix(word, entry.word));
}

function choice(
  path: readonly string[],
  entry: Exclude<TopEntry, { commands: unknown }>,
  words: Words,
): Choice {
  if (!isAbsent(entry)) return { path, words: words.rest(), allowed: entry.options ?? [], load: entry.load };
  const name = path.join(" ");
  return {
    allowed: [],
    path,
    words,
    load: async () => () => {
      throw unsupportedError(`bpflens has no '${name}', bpftool has`);
    },
  };
}

function failWithHelp(): never {
  throw helpError();
}

/** Prints what went wrong, as bpftool does, and returns the exit status. */
async function report(error: unknown, context: Context, { io, isRoot }: Session): Promise<number> {
  if (error instanceof InspectError && error.data.silent === true) return error.status;
  if (wantsHelp(error)) {
    const { writeHelp } = await import("./help.ts");
    writeHelp(context.command, context);
    return FAILURE_STATUS;
  }
  const message = error instanceof Error ? error.message : String(error);
  io.out.flush();
  if (context.json) context.json.fail(message);
  else io.err.write(`Error: ${message}\n`);
  if (error instanceof InspectError) {
    io.err.write(hintFor(error, context, isRoot));
    if (error.data.showHelp === true && !context.json) {
      const { writeHelp } = await import("./help.ts");
      writeHelp(context.command, context);
    }
    return error.status;
  }
  // Not one of ours: a bug. The stack says where, for the report.
  io.err.write(`${error instanceof Error ? error.stack : ""}\nThis is a bug in bpflens. Please report it.\n`);
  return FAILURE_STATUS;
}

/** Where looking at the live kernel is not allowed or not possible, say what is. */
function hintFor(error: InspectError, { options }: Context, isRoot: boolean): string {
  const errno = errnoOf(error);
  const refused = errno === EPERM || (errno === EACCES && !isRoot);
  if (options.from !== "live" || !(refused || errno === ENOSYS)) return "";
  const perf = error.message.startsWith("perf_query_support")
    ? "HINT: non root or kernel doesn't support TASK_FD_QUERY\n"
    : "";
  const why = errno === ENOSYS ? "there is no bpf(2) here" : "looking at the live kernel needs root";
  return `${perf}Hint: ${why}; --from SNAPSHOT looks at a saved machine, --from demo at a bundled one\n`;
}
