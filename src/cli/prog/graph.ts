/** `prog graph PROG [func NAME] [opcodes] [linum] [names] [-o FILE]`: a program's control flow, drawn. */
import { toByteText } from "../../bytes/text.ts";
import type { ProgRecord } from "../../model/records.ts";
import { pictureDot } from "../../render/graph/dot-graph.ts";
import { chooseFunctions, namedFunctions } from "../../render/graph/functions.ts";
import { graphJson } from "../../render/graph/json.ts";
import { programPicture } from "../../render/graph/program-picture.ts";
import { typeText } from "../../uapi/name-table.ts";
import { PROG_TYPES } from "../../uapi/prog-types.ts";
import type { Context } from "../context.ts";
import { progSelector } from "../selectors.ts";
import { helpError, missingWords, usageError } from "../usage.ts";
import { matchKeyword, type Words } from "../words.ts";
import { loadCode } from "./code.ts";
import { checkEnding, type DrawnProgram, writeGraphFile } from "./graph-file.ts";

interface GraphWords {
  func?: string;
  opcodes: boolean;
  linum: boolean;
  names: boolean;
}

export async function progGraph(words: Words, context: Context): Promise<void> {
  if (words.left < 2) throw missingWords("graph", 2, words.left);
  const selector = progSelector(words);
  const options = graphWords(words);
  const file = context.options.own.output;
  const ending = file === undefined ? undefined : checkEnding(file);
  const registry = await context.registry();
  const [prog, ...others] = registry.findProgs(selector) as [ProgRecord, ...ProgRecord[]];
  if (others.length > 0) throw usageError("several programs matched");
  const code = await loadCode(registry, prog, { names: options.names, flow: true }, context);
  const all = namedFunctions(code);
  const functions = options.func === undefined ? all : chooseFunctions(all, options.func);
  const header = { prog, name: registry.progName(prog) };
  const drawn: DrawnProgram = {
    json: (json) => graphJson(json, header, code, functions, options),
    picture: () => programPicture(code, title(header), functions, options),
  };
  if (file !== undefined && ending !== undefined) await writeGraphFile(file, ending, drawn, context);
  else if (context.json) drawn.json(context.json);
  else context.out.write(toByteText(pictureDot(drawn.picture())));
}

function graphWords(words: Words): GraphWords {
  const options: GraphWords = { opcodes: false, linum: false, names: false };
  while (words.left > 0) {
    const keyword = matchKeyword(words.take(), ["func", "opcodes", "linum", "names"]);
    if (keyword === undefined) throw helpError();
    if (keyword !== "func") options[keyword] = true;
    else if (words.left === 0) throw usageError("expected function name");
    else options.func = words.take();
  }
  return options;
}

/** `xdp_guard (xdp, id 7)` */
function title({ prog, name }: { readonly prog: ProgRecord; readonly name: string }): string {
  const what = `${typeText(PROG_TYPES, prog.type)}, id ${prog.id}`;
  return name === "" ? what : `${name} (${what})`;
}
