/** What a command is given. */
import type { ByteSink } from "../bytes/sink.ts";
import type { JsonWriter } from "../json/writer.ts";
import type { Registry } from "../model/registry.ts";
import type { Options } from "./options.ts";
import type { Words } from "./words.ts";

export interface Context {
  /** The words of the command in full: `["prog", "show"]`. */
  readonly command: readonly string[];
  readonly options: Options;
  readonly out: ByteSink;
  /** Messages for people: warnings and hints. */
  readonly err: ByteSink;
  /** The document to write into; undefined where plain text is wanted. */
  readonly json: JsonWriter | undefined;
  /** The objects of the source that was asked for. It is opened by the first call. */
  registry(): Promise<Registry>;
  /** Runs another command on the same source, and prints its failure, if any; its exit status. */
  runLine(line: readonly string[]): Promise<number>;
}

/** A command; `words` are those behind its own. Failures are thrown. */
export type Run = (words: Words, context: Context) => void | Promise<void>;
