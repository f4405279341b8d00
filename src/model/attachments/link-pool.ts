/** Links whose place is still to be found: whoever finds the place of one takes it out. */
import { grouped } from "../grouped.ts";
import type { LinkDetail, LinkRecord } from "../records.ts";

type DetailKind = LinkDetail["kind"];
type LinkOf<Kind extends DetailKind> = LinkRecord & { readonly detail: Extract<LinkDetail, { kind: Kind }> };

export class LinkPool {
  readonly #byProg: Map<number, LinkRecord[]>;

  constructor(links: Iterable<LinkRecord>) {
    this.#byProg = grouped(links, ({ progId }) => progId);
  }

  /** The first link of a program that fits, which nobody took before. */
  take<Kind extends DetailKind>(
    kind: Kind,
    progId: number,
    fits: (detail: LinkOf<Kind>["detail"]) => boolean,
  ): LinkRecord | undefined {
    return this.#take(progId, ({ detail }) => detail.kind === kind && fits(detail as LinkOf<Kind>["detail"]));
  }

  /** The link of that id. */
  takeId(progId: number, id: number): LinkRecord | undefined {
    return this.#take(progId, (link) => link.id === id);
  }

  /** What nobody took, ids ascending. */
  rest(): LinkRecord[] {
    return [...this.#byProg.values()].flat().sort((a, b) => a.id - b.id);
  }

  #take(progId: number, fits: (link: LinkRecord) => boolean): LinkRecord | undefined {
    const links = this.#byProg.get(progId) ?? [];
    const at = links.findIndex(fits);
    return at < 0 ? undefined : links.splice(at, 1)[0];
  }
}

/** What an attachment says of the link that was found for it. */
export function linkFields(link: LinkRecord | undefined): { readonly linkId?: number } {
  return link ? { linkId: link.id } : {};
}
