/** `-o FILE`: a graph in the format that the file's ending names. */
import { writeFileSync } from "node:fs";
import { ByteBuffer } from "../../bytes/sink.ts";
import { fromByteText } from "../../bytes/text.ts";
import { errnoOf, ioError } from "../../errors.ts";
import { JsonWriter } from "../../json/writer.ts";
import type { Picture } from "../../render/graph/picture.ts";
import type { Svg } from "../../render/graph/svg.ts";
import { strerror } from "../../uapi/errno.ts";
import type { Context } from "../context.ts";
import { usageError } from "../usage.ts";

/** What there is to draw; made only where the format asks for it. */
export interface DrawnProgram {
  json(json: JsonWriter): void;
  picture(): Picture;
}

type Maker = (drawn: DrawnProgram, context: Context) => Uint8Array | string | Promise<Uint8Array | string>;

/** Bytes, or ordinary strings. */
const MAKERS = {
  svg: async ({ picture }, context) => (await drawSvg(picture(), context)).text,
  png: async ({ picture }, context) => {
    const svg = await drawSvg(picture(), context);
    const { svgPng } = await import("../../render/graph/png.ts");
    const { bytes, badFont } = await svgPng(svg);
    if (badFont)
      context.err.write(
        "Warning: there is no fixed-width font here: text may not fit; a .svg file has none of its own\n",
      );
    return bytes;
  },
  dot: async ({ picture }) => (await import("../../render/graph/dot-graph.ts")).pictureDot(picture()),
  json(drawn, { options }) {
    const out = new ByteBuffer();
    drawn.json(new JsonWriter(out, { pretty: options.pretty }));
    out.write("\n");
    return out.toBytes();
  },
  mmd: async ({ picture }, { err }) => {
    const { MERMAID_LIMITS, pictureMermaid } = await import("../../render/graph/mermaid.ts");
    const shown = picture();
    const text = pictureMermaid(shown);
    const edges = shown.functions.reduce((sum, { arrows }) => sum + arrows.length, 0);
    if (text.length > MERMAID_LIMITS.characters || edges > MERMAID_LIMITS.edges)
      err.write(
        `Warning: Mermaid draws no more than ${MERMAID_LIMITS.characters} characters and ${MERMAID_LIMITS.edges} edges, this has ${text.length} and ${edges}, unless maxTextSize and maxEdges are raised; 'func NAME' draws one function\n`,
      );
    return text;
  },
} as const satisfies Readonly<Record<string, Maker>>;

export type Ending = keyof typeof MAKERS;

/** Throws where the file's name does not tell the format. */
export function checkEnding(file: string): Ending {
  const ending = /\.([A-Za-z]+)$/.exec(file)?.[1]?.toLowerCase();
  if (ending !== undefined && Object.hasOwn(MAKERS, ending)) return ending as Ending;
  const endings = Object.keys(MAKERS).map((known) => `.${known}`);
  throw usageError(`cannot draw into '${file}': expected a file name that ends in ${endings.join(", ")}`);
}

export async function writeGraphFile(
  file: string,
  ending: Ending,
  drawn: DrawnProgram,
  context: Context,
): Promise<void> {
  const content = await MAKERS[ending](drawn, context);
  try {
    writeFileSync(fromByteText(file), content);
  } catch (error) {
    throw ioError(`can't write file ${file}: ${strerror(errnoOf(error) ?? 0)}`, error);
  }
  if (context.json) context.json.startObject().stringField("file", file).endObject();
  else context.out.write(`drew ${file}\n`);
}

/** Graphs with so many blocks make people wait. */
const MANY_BLOCKS = 2000;
const BLOCKS_A_LINE = 1000;

async function drawSvg(picture: Picture, { err }: Context): Promise<Svg> {
  const { pictureSvg } = await import("../../render/graph/svg.ts");
  let told = 0;
  return pictureSvg(picture, (done, all) => {
    if (all < MANY_BLOCKS || (done > 0 && done < all && done < told + BLOCKS_A_LINE)) return;
    told = done;
    const hint = done === 0 ? "; 'func NAME' draws one function" : "";
    err.write(`${done} of ${all} blocks are drawn${hint}\n`);
  });
}
