/** Links on perf events: probes, tracepoints, counters (bpftool link.c:show_perf_event_*). */
import { nameOrNumber } from "../../uapi/name-table.ts";
import { PERF_EVENT_TYPES, perfConfigName } from "../../uapi/perf-events.ts";
import { cookiePlain, type DetailForms } from "./form.ts";

export const perfEventForms: DetailForms<"perf_uprobe" | "perf_kprobe" | "perf_tracepoint" | "perf_event"> = {
  perf_uprobe: {
    plain({ retprobe, file, offset, cookie, refCtrOffset }) {
      if (file === "") return "";
      const place = `${retprobe ? "uretprobe" : "uprobe"} ${file}+${hexOrZero(offset)}  `;
      const refCtr = refCtrOffset === 0n ? "" : `ref_ctr_offset 0x${refCtrOffset.toString(16)}  `;
      return `\n\t${place}${cookiePlain(cookie)}${refCtr}`;
    },
    json(json, { retprobe, file, offset, cookie, refCtrOffset }) {
      json.boolField("retprobe", retprobe).stringField("file", file).numberField("offset", offset);
      json.numberField("cookie", cookie).numberField("ref_ctr_offset", refCtrOffset);
    },
  },
  perf_kprobe: {
    plain({ retprobe, func, addr, offset, missed, cookie }) {
      if (func === "" && addr === 0n) return "";
      const place = [
        `${retprobe ? "kretprobe" : "kprobe"} `,
        addr === 0n ? "" : `${addr.toString(16)} `,
        func,
        offset === 0 ? "" : `+${hexOrZero(offset)}`,
        missed === 0n ? "" : `  missed ${missed}`,
        cookie === 0n ? "" : `  cookie ${cookie}`,
      ];
      return `\n\t${place.join("")}  `;
    },
    json(json, { retprobe, func, addr, offset, missed, cookie }) {
      json.boolField("retprobe", retprobe).numberField("addr", addr).stringField("func", func);
      json.numberField("offset", offset).numberField("missed", missed).numberField("cookie", cookie);
    },
  },
  perf_tracepoint: {
    plain: ({ tracepoint, cookie }) =>
      tracepoint === "" ? "" : `\n\ttracepoint ${tracepoint}  ${cookiePlain(cookie)}`,
    json(json, { tracepoint, cookie }) {
      json.stringField("tracepoint", tracepoint).numberField("cookie", cookie);
    },
  },
  perf_event: {
    plain({ type, config, cookie }) {
      const name = PERF_EVENT_TYPES[type] ?? `${type} `;
      return `\n\tevent ${name}:${perfConfigName(type, config) ?? config}  ${cookiePlain(cookie)}`;
    },
    json(json, { type, config, cookie }) {
      json.nameField("event_type", nameOrNumber(PERF_EVENT_TYPES, type));
      const name = perfConfigName(type, config);
      if (name === undefined) json.numberField("event_config", config);
      else json.stringField("event_config", name);
      json.numberField("cookie", cookie);
    },
  },
};

/** C's `%#x`, which has no prefix for zero. */
function hexOrZero(value: number): string {
  return value === 0 ? "0" : `0x${value.toString(16)}`;
}
