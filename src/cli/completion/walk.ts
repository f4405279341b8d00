/** Which words and values may come next, behind words that were typed. */
import { isPrefix } from "../words.ts";
import type { Keyword, Node, Value } from "./grammar.ts";

/** What is still to come, from front to back. */
type State = readonly Node[];

interface Head {
  readonly atom: Keyword | Value;
  readonly rest: State;
}

/** What may stand behind `words`. */
export function expected(grammar: Node, words: readonly string[]): (Keyword | Value)[] {
  let states: readonly State[] = [[grammar]];
  for (const word of words) states = distinct(advance(states, word));
  return states.flatMap((state) => [...heads(state)]).map(({ atom }) => atom);
}

function* heads([node, ...rest]: State): Generator<Head> {
  switch (node?.kind) {
    case undefined:
      return;
    case "keyword":
    case "value":
      yield { atom: node, rest };
      return;
    case "sequence":
      yield* heads([...node.nodes, ...rest]);
      return;
    case "choice":
      for (const one of node.nodes) yield* heads([one, ...rest]);
      return;
    case "repeat":
      yield* heads([node.node, { kind: "options", nodes: [node] }, ...rest]);
      return;
    case "options":
      for (const one of node.nodes) {
        const others = node.nodes.filter((other) => other !== one);
        yield* heads([one, ...(others.length > 0 ? [{ ...node, nodes: others }] : []), ...rest]);
      }
      yield* heads(rest);
  }
}

/** Values that stand for each other lead to the same: without this, each word of a long line would double them. */
function distinct(states: readonly State[]): readonly State[] {
  return states.length < 2
    ? states
    : [...new Map(states.map((state) => [JSON.stringify(state), state])).values()];
}

/** A keyword in full is that keyword; else any value, or the first keyword that the word begins. */
function advance(states: readonly State[], word: string): readonly State[] {
  const next = states.flatMap((state) => [...heads(state)]);
  const keywords = next.filter(({ atom }) => atom.kind === "keyword");
  const wordOf = ({ atom }: Head) => (atom.kind === "keyword" ? atom.word : "");
  const exact = keywords.find((head) => wordOf(head) === word);
  if (exact) return [exact.rest];
  const values = next.filter(({ atom }) => atom.kind === "value");
  const begun = word === "" ? undefined : keywords.find((head) => isPrefix(word, wordOf(head)));
  return [...values, ...(begun ? [begun] : [])].map(({ rest }) => rest);
}
