/** Words for places outside of a function that its control flow leads to. */
import type { Outside } from "../../cfg/outside.ts";

const WHAT = {
  nothing: "no instruction",
  half: "inside an instruction",
  function: "another function",
} as const satisfies Readonly<Record<Outside["what"], string>>;

/** `pc 99: no instruction` */
export function outsideText({ target, what }: Pick<Outside, "target" | "what">): string {
  return `pc ${target}: ${WHAT[what]}`;
}
