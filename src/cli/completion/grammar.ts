/**
 * The usage texts of the command table as a grammar: `{ a | b }` is a choice, `[a]` may be left out, `a...` may be said again,
 * capitals are values or names of DEFINITIONS. Words that may be left out and stand side by side come in any order.
 */
import { DEFINITIONS } from "../definitions.ts";

export type Node =
  | Keyword
  | Value
  | { readonly kind: "sequence" | "choice"; readonly nodes: readonly Node[] }
  /** Each of them once at most, in any order. */
  | { readonly kind: "options"; readonly nodes: readonly Node[] }
  | { readonly kind: "repeat"; readonly node: Node };

export interface Keyword {
  readonly kind: "keyword";
  readonly word: string;
  readonly summary?: string;
  /** Understood, but not offered. */
  readonly hidden?: boolean;
}

export interface Value {
  readonly kind: "value";
  /** `ID` */
  readonly name: string;
  /** The definition that it is in, "" for the usage text: `PROG`. */
  readonly scope: string;
  /** The keyword before it, "" for none: `dev`. */
  readonly after: string;
  /** What stands before it in the same word: `insns:`. */
  readonly prefix: string;
}

const TOKEN = /\.\.\.|[{}[\]|]|(?:(?!\.\.\.)[^\s{}[\]|])+(?:\[\+\S*)?/g;
/** `insns:FILE` */
const ATOM = /^([a-z-]+:)?([A-Z].*)$/;
const CLOSING: Readonly<Record<string, string>> = { "{": "}", "[": "]" };

export function parseUsage(usage: string, scope = ""): Node {
  const tokens = usage.match(TOKEN) ?? [];
  let at = 0;

  function choice(): Node {
    const nodes = [sequence()];
    while (tokens[at] === "|") {
      at++;
      nodes.push(sequence());
    }
    return single("choice", nodes);
  }

  function sequence(): Node {
    const nodes: Node[] = [];
    let after = "";
    for (let token = tokens[at]; token !== undefined && !"|}]".includes(token); token = tokens[at]) {
      at++;
      const last = nodes.at(-1);
      const node = token in CLOSING ? group(token) : atom(token, after);
      after = node.kind === "keyword" ? node.word : "";
      if (token === "..." && last) nodes.splice(-1, 1, { kind: "repeat", node: last });
      else if (token === "[" && last?.kind === "options")
        nodes.splice(-1, 1, { kind: "options", nodes: [...last.nodes, node] });
      else nodes.push(token === "[" ? { kind: "options", nodes: [node] } : node);
    }
    return single("sequence", nodes);
  }

  function group(opening: string): Node {
    const node = choice();
    if (tokens[at] === CLOSING[opening]) at++;
    return node;
  }

  function atom(token: string, after: string): Node {
    const [, prefix = "", name = token] = ATOM.exec(token) ?? [];
    if (!ATOM.test(token)) return { kind: "keyword", word: token };
    const definition = (DEFINITIONS as Readonly<Record<string, string>>)[name];
    return definition === undefined
      ? { kind: "value", name, scope, after, prefix }
      : parseUsage(definition, name);
  }

  return choice();
}

function single(kind: "choice" | "sequence", nodes: readonly Node[]): Node {
  const [only] = nodes;
  return nodes.length === 1 && only ? only : { kind, nodes };
}
