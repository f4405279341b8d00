/**
 * What the names of types and members say about bytes (`--human`). A type decides where it can: __be32, struct
 * in6_addr; a member's name decides between what is left: an address or a number.
 */
import type { Btf } from "../../../btf/btf.ts";
import type { BtfType } from "../../../btf/types.ts";
import type { ListNode, ValueNode } from "../../../btf/value-plan.ts";
import { ipv4Text, ipv6Text, macText } from "./addresses.ts";
import { integerLeaf, textLeaf, type ViewLeaf } from "./node.ts";

/** Typedefs of numbers in network byte order. */
const NETWORK_ORDER = /^(__)?be(16|32|64)$|^in_(addr|port)_t$/;

const STRUCTS: Readonly<Record<string, readonly [size: number, text: typeof ipv4Text]>> = {
  in_addr: [4, ipv4Text],
  in6_addr: [16, ipv6Text],
  // Cilium's.
  v6addr: [16, ipv6Text],
  macaddr: [6, macText],
};

/** Names of addresses: saddr, src_ip, dip, remote_ip6; not: cipher, skip. */
const IP_NAME = /addr|src|dst|(?:^|_|[sdv])ip(?:$|_|s$|v?[46])/i;
/** Names of __be32 that are addresses; one without a name, a key or value by itself, is an address too. */
const IPV4_NAME = /^$|gw|gateway|hop|peer|host|remote|local|client|server/i;
const NO_IPV4_NAME = /port|proto|seq|ack|spi|flow|label|vni|mark|len/i;
/** Four words may be four IPv4 addresses. */
const IPV6_WORDS_NAME = /6/;
const MAC_NAME = /mac|eth|h_source|h_dest|addr/i;
/** A char array is more likely to be text. */
const MAC_CHARS_NAME = /mac|h_source|h_dest/i;

/** Types refer no further. */
const MAX_STEPS = 64;

/** The leaf for bytes of a type that has a form of its own. `name` is that of the member, "" outside of structs. */
export function formOf(btf: Btf, typeId: number, name: string, node: ValueNode): ViewLeaf | undefined {
  switch (node.kind) {
    case "number":
      return networkOrder(typedefsOf(btf, typeId).names) ? numberForm(node.size, name) : undefined;
    case "fields":
      return structForm(typedefsOf(btf, typeId).type);
    case "list":
      return listForm(node, name);
    case "text":
      return node.length === 6 && MAC_CHARS_NAME.test(name) ? textLeaf(6, macText) : undefined;
    default:
      return undefined;
  }
}

/** The names that a type is called by on the way to what it is. */
function typedefsOf(btf: Btf, typeId: number): { names: string[]; type: BtfType | undefined } {
  const names: string[] = [];
  let type = btf.type(typeId);
  for (let step = 0; step < MAX_STEPS; step++) {
    switch (type?.kind) {
      case "TYPEDEF":
        names.push(type.name);
        break;
      case "VOLATILE":
      case "CONST":
      case "RESTRICT":
      case "TYPE_TAG":
        break;
      default:
        return { names, type };
    }
    type = btf.type(type.type);
  }
  return { names, type: undefined };
}

function networkOrder(names: readonly string[]): boolean {
  return names.some((name) => NETWORK_ORDER.test(name));
}

function numberForm(size: number, name: string): ViewLeaf {
  const isAddress = size === 4 && (IP_NAME.test(name) || IPV4_NAME.test(name)) && !NO_IPV4_NAME.test(name);
  return isAddress ? textLeaf(4, ipv4Text) : bigEndianLeaf(size);
}

function bigEndianLeaf(size: number): ViewLeaf {
  return integerLeaf((bytes, at, end) => {
    if (at + size > end) return undefined;
    let value = 0n;
    for (let i = at; i < at + size; i++) value = (value << 8n) | BigInt(bytes[i] as number);
    return value;
  });
}

function structForm(type: BtfType | undefined): ViewLeaf | undefined {
  if (type?.kind !== "STRUCT" && type?.kind !== "UNION") return undefined;
  const form = Object.hasOwn(STRUCTS, type.name) ? STRUCTS[type.name] : undefined;
  return form?.[0] === type.size ? textLeaf(...form) : undefined;
}

function listForm({ item, stride, count }: ListNode, name: string): ViewLeaf | undefined {
  if (item.kind !== "number" || item.signed || item.size !== stride) return undefined;
  if (stride === 1 && count === 6 && MAC_NAME.test(name)) return textLeaf(6, macText);
  if (stride * count !== 16 || !IP_NAME.test(name)) return undefined;
  return stride === 1 || IPV6_WORDS_NAME.test(name) ? textLeaf(16, ipv6Text) : undefined;
}
