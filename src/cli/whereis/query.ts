/** ADDR, or SYMBOL[+OFF[/SIZE]], as an oops, perf or bpftrace prints them. */
import type { PlaceQuery } from "../../code/place-answers.ts";

/** Without `0x` it takes so many digits to be no name. */
const ADDRESS = /^(?:0x([0-9a-f]{1,16})|([0-9a-f]{8,16}))$/i;
/** An offset with `0x` is hexadecimal, as an oops and perf print it; one without is decimal, as bpftrace does. */
const SYMBOL = /^([\w.$]+)(?:\+(0x[0-9a-f]{1,8}|[0-9]{1,9})(?:\/(0x[0-9a-f]{1,8}|[0-9]{1,9}))?)?$/i;

export function placeQuery(text: string): PlaceQuery {
  const address = ADDRESS.exec(text);
  if (address) return { text, kind: "address", address: BigInt(`0x${address[1] ?? address[2]}`) };
  const [, symbol, offset = "0", size] = SYMBOL.exec(text) ?? [];
  if (symbol === undefined || /^[0-9]/.test(symbol))
    return { text, kind: "mistake", why: "expected an address or SYMBOL[+OFFSET[/SIZE]]" };
  return {
    text,
    kind: "symbol",
    symbol,
    offset: Number(offset),
    ...(size !== undefined && { size: Number(size) }),
  };
}
