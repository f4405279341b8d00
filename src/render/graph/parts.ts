/**
 * What is laid out at once: a function, or as many of its blocks in a row as a layout can take. Arrows that lead to
 * another part, or reach too far, are not drawn; the boxes at both ends tell of them in words.
 */
import type { Arrow, Box, PictureFunction } from "./picture.ts";
import { longestSpan, spans } from "./ranks.ts";

export interface Part {
  readonly boxes: readonly Box[];
  /** Those that are drawn, between boxes of the part. */
  readonly arrows: readonly Arrow[];
  /** Those that are told, by the number of the box that they leave, and that they lead to. */
  readonly leaving: ReadonlyMap<number, readonly Arrow[]>;
  readonly coming: ReadonlyMap<number, readonly Arrow[]>;
}

/** Rows that all arrows of a part may pass, for each of its boxes, and of small parts in all. */
const SPANS_PER_BOX = 4;
const MIN_SPANS = 2000;

/** The boxes in parts of at most `size`; each part that needs it has a box of its own for EXIT. */
export function inParts({ boxes, arrows }: Pick<PictureFunction, "boxes" | "arrows">, size: number): Part[] {
  const exit = boxes.find(({ role }) => role === "exit");
  const chunks = chunked(
    boxes.filter((box) => box !== exit),
    size,
  );
  const partOf = new Map(chunks.flatMap((chunk, part) => chunk.map(({ number }) => [number, part])));
  const within: Arrow[][] = chunks.map(() => []);
  const told: Arrow[] = [];
  for (const arrow of arrows) {
    const part = partOf.get(arrow.from);
    const ends = arrow.to === exit?.number || partOf.get(arrow.to) === part;
    if (part !== undefined && ends) within[part]?.push(arrow);
    else told.push(arrow);
  }
  const drawn = within.map((inside, part) => {
    const { near, far } = byReach(inside, (chunks[part] as Box[]).length);
    for (const arrow of far) told.push(arrow);
    return near;
  });
  const leaving = byBox(told, "from");
  const coming = byBox(told, "to");
  return chunks.map((chunk, part) => {
    const inside = drawn[part] as Arrow[];
    const ends = exit && (chunks.length === 1 || inside.some(({ to }) => to === exit.number));
    return { boxes: ends ? [...chunk, exit] : chunk, arrows: inside, leaving, coming };
  });
}

function chunked<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/** Which of the arrows between so many boxes a layout can take. */
function byReach(arrows: readonly Arrow[], boxes: number): { near: Arrow[]; far: Arrow[] } {
  const reach = spans(arrows);
  const longest = longestSpan(reach, Math.max(MIN_SPANS, SPANS_PER_BOX * boxes));
  const isNear = (_: Arrow, i: number) => (reach[i] as number) <= longest;
  return { near: arrows.filter(isNear), far: arrows.filter((arrow, i) => !isNear(arrow, i)) };
}

function byBox(arrows: readonly Arrow[], end: "from" | "to"): Map<number, Arrow[]> {
  const groups = new Map<number, Arrow[]>();
  for (const arrow of arrows) {
    const group = groups.get(arrow[end]);
    if (group) group.push(arrow);
    else groups.set(arrow[end], [arrow]);
  }
  return groups;
}
