/**
 * Links on many functions (bpftool link.c:show_kprobe_multi_plain, show_uprobe_multi_plain and their JSON). Other than there, an
 * address without a symbol is a row like all others, and further names of an address are told.
 */
import type { KprobeMultiFunc } from "../../model/records.ts";
import { MULTI_RETURN } from "../../uapi/link-types.ts";
import type { DetailForms } from "./form.ts";

const COLUMN = 16;

function hex(value: bigint): string {
  return value.toString(16);
}

/** bpftool's order. */
function byAddress(funcs: readonly KprobeMultiFunc[]): KprobeMultiFunc[] {
  return [...funcs].sort(({ addr: a }, { addr: b }) => (a < b ? -1 : a > b ? 1 : 0));
}

function kprobeRow({ addr, cookie, func, aliases = [], module }: KprobeMultiFunc): string {
  const names = [func ?? "(unknown)", ...aliases].join(", ");
  const where = module === undefined ? "" : ` [${module}]`;
  return `\n\t${hex(addr).padStart(COLUMN, "0")} ${hex(cookie).padEnd(COLUMN)} ${names}${where}  `;
}

export const multiForms: DetailForms<"kprobe_multi" | "uprobe_multi"> = {
  kprobe_multi: {
    plain({ flags, missed, funcs }) {
      if (funcs.length === 0) return "";
      const name = flags & MULTI_RETURN ? "kretprobe.multi" : "kprobe.multi";
      const head = `\n\t${name}  func_cnt ${funcs.length}  ${missed === 0n ? "" : `missed ${missed}  `}`;
      const columns = `\n\t${"addr".padEnd(COLUMN)} ${"cookie".padEnd(COLUMN)} func [module]`;
      return `${head}${columns}${byAddress(funcs).map(kprobeRow).join("")}`;
    },
    json(json, { flags, missed, funcs }) {
      json.boolField("retprobe", (flags & MULTI_RETURN) !== 0).numberField("func_cnt", funcs.length);
      json.numberField("missed", missed).key("funcs").startArray();
      for (const { addr, cookie, func, aliases, module } of byAddress(funcs)) {
        json.startObject().numberField("addr", addr);
        for (const [key, name] of [["func", func] as const, ["module", module] as const])
          if (name === undefined) json.key(key).null();
          else json.stringField(key, name);
        if (aliases) json.stringArrayField("aliases", aliases);
        json.numberField("cookie", cookie).endObject();
      }
      json.endArray();
    },
  },
  uprobe_multi: {
    plain({ path, flags, pid, funcs }) {
      if (funcs.length === 0) return "";
      const name = flags & MULTI_RETURN ? "uretprobe.multi" : "uprobe.multi";
      const head = `\n\t${name}  path ${path}  func_cnt ${funcs.length}  ${pid === 0 ? "" : `pid ${pid}  `}`;
      const columns = ["offset", "ref_ctr_offset", "cookies"].map((text) => text.padEnd(COLUMN)).join("   ");
      const rows = funcs.map(
        ({ offset, refCtrOffset, cookie }) =>
          `\n\t${[offset, refCtrOffset, cookie].map((value) => `0x${hex(value).padEnd(COLUMN)}`).join(" ")}`,
      );
      return `${head}\n\t${columns}${rows.join("")}`;
    },
    json(json, { path, flags, pid, funcs }) {
      json.boolField("retprobe", (flags & MULTI_RETURN) !== 0).stringField("path", path);
      json.numberField("func_cnt", funcs.length).numberField("pid", pid).key("funcs").startArray();
      for (const { offset, refCtrOffset, cookie } of funcs) {
        json.startObject().numberField("offset", offset).numberField("ref_ctr_offset", refCtrOffset);
        json.numberField("cookie", cookie).endObject();
      }
      json.endArray();
    },
  },
};
