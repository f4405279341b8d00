/** Netfilter hooks by name (bpftool link.c:netfilter_dump_plain). */
import type { DetailForm, DetailOf } from "./form.ts";

/** By NFPROTO_*; bridges share the hooks of IP. */
const FAMILIES: Readonly<Record<number, { readonly name: string; readonly hooks: readonly string[] }>> = {
  1: { name: "inet", hooks: ["prerouting", "input", "forward", "output", "postrouting"] },
  2: { name: "ip", hooks: ["prerouting", "input", "forward", "output", "postrouting"] },
  3: { name: "arp", hooks: ["input", "output"] },
  5: { name: "netdev", hooks: [] },
  7: { name: "bridge", hooks: ["prerouting", "input", "forward", "output", "postrouting"] },
  10: { name: "ip6", hooks: ["prerouting", "input", "forward", "output", "postrouting"] },
};

type Place = Pick<DetailOf<"netfilter">, "pf" | "hook">;

/** `ip input`, `ip hook 9` */
export function netfilterHook({ pf, hook }: Place): string {
  const family = FAMILIES[pf];
  return `${family?.name ?? `pf ${pf}`} ${family?.hooks[hook] ?? `hook ${hook}`}`;
}

/** `ip input prio -128 flags 0x1` */
export function netfilterPlain({ pf, hook, prio, flags }: DetailOf<"netfilter">): string {
  const family = FAMILIES[pf];
  const hookName = family?.hooks[hook];
  const place = hookName === undefined ? `, hook ${hook},` : ` ${hookName}`;
  return `${family?.name ?? `pf: ${pf}`}${place} prio ${prio}${flags === 0 ? "" : ` flags 0x${flags.toString(16)}`}`;
}

export const netfilterForm: DetailForm<"netfilter"> = {
  plain: (detail) => `\n\t${netfilterPlain(detail)}`,
  json(json, { pf, hook, prio, flags }) {
    json.numberField("pf", pf).numberField("hook", hook);
    json.numberField("prio", prio).numberField("flags", flags);
  },
};
