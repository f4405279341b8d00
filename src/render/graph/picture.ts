/**
 * A program's control flow as something to draw: boxes with lines of text, arrows between them, and what is to be
 * seen of both. All renderers of pictures take it; the text is ordinary strings.
 */
import type { EdgeKind } from "../../cfg/ways-out.ts";
import type { Line } from "./lines.ts";

export interface Picture {
  readonly title: string;
  readonly functions: readonly PictureFunction[];
}

export interface PictureFunction {
  readonly number: number;
  /** Its signature, or its name. */
  readonly title: string;
  /** `function 1, pc 120..179: 14 blocks, 2 loops` */
  readonly about: string;
  /** ENTRY, the blocks by address, EXIT, places outside. */
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

export interface Box {
  /** The block's number in the function. */
  readonly number: number;
  readonly role: "entry" | "exit" | "outside" | "block";
  /** `block 5, head of a loop`; the only text of what is no block. */
  readonly heading: string;
  readonly lines: readonly Line[];
  /** How control comes here. */
  readonly reach: "reached" | "unreachable" | "unknown";
  /** The function ends here. */
  readonly exits: boolean;
  readonly loopHead: boolean;
  /** How many loops it is in. */
  readonly loopDepth: number;
}

export interface Arrow {
  /** Numbers of boxes. */
  readonly from: number;
  readonly to: number;
  readonly kind: EdgeKind;
  /** It closes a loop. */
  readonly back: boolean;
}

export const ARROW_LABELS = {
  entry: "",
  next: "",
  goto: "",
  exit: "",
  fallthrough: "else",
  taken: "taken",
  indirect: "gotox",
  throw: "throws",
} as const satisfies Readonly<Record<EdgeKind, string>>;

/** `taken, loop`; "" where there is nothing to tell. */
export function arrowLabel({ kind, back }: Arrow): string {
  return [ARROW_LABELS[kind], back ? "loop" : ""].filter(Boolean).join(", ");
}
