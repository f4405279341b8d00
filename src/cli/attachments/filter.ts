/** What of all attachments a line asks for: `id 7`, `dev eth0`, `cgroup /sys/fs/cgroup/a`, `func do_exit`. */
import { notFoundError } from "../../errors.ts";
import { functionsOf, type HookDevice } from "../../model/attachments/hooks.ts";
import type { AttachmentFilter } from "../../model/attachments/view.ts";
import type { NetworkRecord } from "../../model/net-records.ts";
import { isNamed } from "../../model/net-views.ts";
import type { Registry, Selector } from "../../model/registry.ts";
import { cgroupsOf } from "../cgroup/words.ts";
import { progSelector } from "../selectors.ts";
import { usageError } from "../usage.ts";
import { matchKeyword, type Words } from "../words.ts";

export type Asked =
  | { readonly by: "all" }
  | { readonly by: "prog"; readonly selector: Selector }
  | { readonly by: "dev" | "cgroup" | "func"; readonly text: string };

const PROG_WORDS = ["id", "tag", "name", "pinned"] as const;
const HOOK_WORDS = ["dev", "cgroup", "func"] as const;

export function askedWords(words: Words): Asked {
  const asked = take(words);
  words.end();
  return asked;
}

function take(words: Words): Asked {
  const word = words.peek();
  if (word === undefined) return { by: "all" };
  if (matchKeyword(word, PROG_WORDS)) return { by: "prog", selector: progSelector(words) };
  const by = matchKeyword(word, HOOK_WORDS);
  if (by === undefined)
    throw usageError(`expected 'id', 'tag', 'name', 'pinned', 'dev', 'cgroup' or 'func', got: '${word}'?`);
  words.take();
  return { by, text: words.take() };
}

/** Throws where there is no such program, device or cgroup. */
export function filterOf(
  asked: Asked,
  registry: Registry,
  network: Pick<NetworkRecord, "nets">,
): AttachmentFilter {
  switch (asked.by) {
    case "all":
      return asked;
    case "prog":
      return { by: "progs", ids: new Set(registry.findProgs(asked.selector).map(({ id }) => id)) };
    case "dev":
      return onDevices(asked.text, network);
    case "cgroup": {
      const { id } = cgroupsOf(registry).read(asked.text, false);
      return { by: "hooks", fits: (hook) => hook.kind === "cgroup" && hook.cgroupId === id };
    }
    case "func":
      return { by: "hooks", fits: (hook) => functionsOf(hook).includes(asked.text) };
  }
}

/** Devices of that name in all namespaces. */
function onDevices(name: string, { nets }: Pick<NetworkRecord, "nets">): AttachmentFilter {
  const place = ({ netns, ifindex }: HookDevice) => `${netns?.ino ?? "?"} ${ifindex}`;
  const devices = new Set(
    nets.flatMap(({ netns, devices }) =>
      devices.filter((device) => isNamed(device, name)).map(({ ifindex }) => place({ netns, ifindex })),
    ),
  );
  if (devices.size === 0) throw notFoundError(`invalid devname ${name}`);
  return { by: "hooks", fits: (hook) => "device" in hook && devices.has(place(hook.device)) };
}
