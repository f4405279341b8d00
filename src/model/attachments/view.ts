/** All that is attached, keyed both ways: what each program is on, and which programs are on each hook. */
import { grouped } from "../grouped.ts";
import type { ProgRecord } from "../records.ts";
import type { Registry } from "../registry.ts";
import { type Attachment, type Hook, type HookKind, hookKey } from "./hooks.ts";
import { isOrphan, type Keeper, keepersOf } from "./keepers.ts";

export interface AttachmentsView {
  /** Ids ascending. */
  readonly programs: readonly ProgramAttachments[];
  /** Kind by kind; the programs of a hook in the order in which they run. */
  readonly hooks: readonly HookPrograms[];
}

export interface ProgramAttachments {
  readonly prog: ProgRecord;
  readonly name: string;
  readonly attachments: readonly Attachment[];
  readonly keptAliveBy: readonly Keeper[];
  readonly orphan: boolean;
}

export interface HookPrograms {
  readonly hook: Hook;
  readonly attachments: readonly AttachedProgram[];
}

export interface AttachedProgram extends Attachment {
  /** "" where it has none, or is gone meanwhile. */
  readonly progName: string;
}

/** What is asked for. */
export type AttachmentFilter =
  | { readonly by: "all" }
  | { readonly by: "progs"; readonly ids: ReadonlySet<number> }
  | { readonly by: "hooks"; fits(hook: Hook): boolean };

/** Hooks are listed in this order. */
const KINDS: readonly HookKind[] = [
  "xdp",
  "mprog",
  "tc",
  "netns",
  "netfilter",
  "sockmap",
  "cgroup",
  "struct_ops",
  "tracing",
  "kprobe",
  "kprobe_multi",
  "uprobe",
  "uprobe_multi",
  "tracepoint",
  "raw_tracepoint",
  "perf_event",
  "iter",
  "map",
  "link",
];

/** The hooks that fit, and the programs on them with all that they are on; without a filter all programs. */
export function attachmentsView(
  registry: Registry,
  all: readonly Attachment[],
  filter: AttachmentFilter,
): AttachmentsView {
  const progs = new Map(registry.progs().map((prog) => [prog.id, prog]));
  const nameOf = (prog: ProgRecord | undefined) => (prog ? registry.progName(prog) : "");
  const hooks = hooksOf(all).filter((hook) => isAsked(hook, filter));
  const ids = shownProgs(hooks, filter);
  const byProg = grouped(all, ({ progId }) => progId);
  const targets = grouped(linksOnProgs(all), ({ progId }) => progId);
  const programs = registry.progs().filter(({ id }) => ids?.has(id) ?? true);
  return {
    hooks: hooks.map(({ hook, attachments }) => ({
      hook,
      attachments: attachments.map((attachment) => ({
        ...attachment,
        progName: nameOf(progs.get(attachment.progId)),
      })),
    })),
    programs: programs.map((prog) => {
      const attachments = byProg.get(prog.id) ?? [];
      const targetOf = (targets.get(prog.id) ?? []).map(({ linkId }) => linkId);
      const keptAliveBy = keepersOf(registry, prog, attachments, targetOf);
      return { prog, name: nameOf(prog), attachments, keptAliveBy, orphan: isOrphan(keptAliveBy) };
    }),
  };
}

interface HookAttachments {
  readonly hook: Hook;
  readonly attachments: readonly Attachment[];
}

/** In the order of their kinds, within a kind as they were read. */
function hooksOf(all: readonly Attachment[]): HookAttachments[] {
  const hooks = [...grouped(all, ({ hook }) => hookKey(hook)).values()].flatMap((attachments) => {
    const [first] = attachments;
    return first ? [{ hook: first.hook, attachments: inRunOrder(attachments) }] : [];
  });
  const rank = ({ hook }: HookAttachments) => KINDS.indexOf(hook.kind);
  return hooks.sort((a, b) => rank(a) - rank(b));
}

/** Netfilter goes by priority, all others as they were read. */
function inRunOrder(attachments: readonly Attachment[]): Attachment[] {
  return [...attachments].sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0));
}

function isAsked({ hook, attachments }: HookAttachments, filter: AttachmentFilter): boolean {
  switch (filter.by) {
    case "all":
      return true;
    case "progs":
      return attachments.some(({ progId }) => filter.ids.has(progId));
    case "hooks":
      return filter.fits(hook);
  }
}

/** undefined for all. */
function shownProgs(
  hooks: readonly HookAttachments[],
  filter: AttachmentFilter,
): ReadonlySet<number> | undefined {
  if (filter.by === "all") return undefined;
  if (filter.by === "progs") return filter.ids;
  return new Set(hooks.flatMap(({ attachments }) => attachments.map(({ progId }) => progId)));
}

/** The programs that others are attached to, and by which link. */
function linksOnProgs(all: readonly Attachment[]): { readonly progId: number; readonly linkId: number }[] {
  return all.flatMap(({ hook, linkId }) =>
    hook.kind === "tracing" && hook.target.progId !== undefined && linkId !== undefined
      ? [{ progId: hook.target.progId, linkId }]
      : [],
  );
}
