/** `cbpf dump ... graph [-o FILE]`: the control flow of a classic program, drawn. */
import { toByteText } from "../../bytes/text.ts";
import type { ClassicInsn } from "../../cbpf/insn.ts";
import { classicGraphJson } from "../../render/cbpf/graph-json.ts";
import { classicPicture } from "../../render/cbpf/picture.ts";
import { pictureDot } from "../../render/graph/dot-graph.ts";
import type { Context } from "../context.ts";
import { checkEnding, type DrawnProgram, writeGraphFile } from "../prog/graph-file.ts";

/**
 * Draws into the file that -o names, in the format of its ending, else to stdout, as DOT or JSON. Throws at once where
 * the ending is none of a format.
 */
export function classicDrawing(context: Context): (insns: readonly ClassicInsn[]) => Promise<void> {
  const { json, out } = context;
  const file = context.options.own.output;
  const ending = file === undefined ? undefined : checkEnding(file);
  return async (insns) => {
    const drawn: DrawnProgram = {
      json: (into) => classicGraphJson(into, insns),
      picture: () => classicPicture(insns),
    };
    if (file !== undefined && ending !== undefined) await writeGraphFile(file, ending, drawn, context);
    else if (json) drawn.json(json);
    else out.write(toByteText(pictureDot(drawn.picture())));
  };
}
