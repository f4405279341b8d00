/** `net show [dev NAME] [--all-netns]` (bpftool net.c:do_show). */
import { InspectError, notFoundError, unsupportedError } from "../../errors.ts";
import type { NetRecord, NetRequest, NetworkRecord } from "../../model/net-records.ts";
import { netView } from "../../model/net-views.ts";
import type { ObjectSource } from "../../model/source.ts";
import { netJson, netnsJson, netnsPlain, netPlain } from "../../render/net/show.ts";
import type { Context } from "../context.ts";
import { helpError, usageError } from "../usage.ts";
import { matchKeyword, type Words } from "../words.ts";

export async function netShow(words: Words, context: Context): Promise<void> {
  const { json, out, options } = context;
  const device = deviceName(words);
  const everyNetns = options.own["all-netns"] !== undefined;
  const registry = await context.registry();
  const { nets, netfilter } = readNetwork(
    registry.source,
    { everyNetns, ...(device !== undefined && { device }) },
    context,
  );
  const shown = device === undefined ? nets : nets.filter(({ devices }) => devices.length > 0);
  if (device !== undefined && shown.length === 0) throw notFoundError(`invalid devname ${device}`);
  const view = netView(registry, { nets: shown, netfilter });
  if (json) (everyNetns ? netnsJson : netJson)(json, view);
  else (everyNetns ? netnsPlain : netPlain)(out, view);
  if (shown.every(isUnread)) throw silentFailure();
}

/** The name behind `dev`; undefined where nothing is asked for. */
function deviceName(words: Words): string | undefined {
  if (words.left === 0) return undefined;
  if (words.left !== 2) throw helpError();
  const word = words.take();
  if (matchKeyword(word, ["dev"]) === undefined) throw usageError(`expected 'dev', got: '${word}'?`);
  return words.take();
}

/** What cannot be read is told on stderr. */
function readNetwork(source: ObjectSource, request: NetRequest, { err }: Context): NetworkRecord {
  if (!source.network) throw unsupportedError("only the running kernel and snapshots have network devices");
  const network = source.network(request);
  const netnsName = ({ ino, names: [name] }: NetRecord["netns"]) =>
    request.everyNetns ? `netns ${name ?? ino}: ` : "";
  const problems = [
    ...network.nets.flatMap((net) => net.problems.map((problem) => `${netnsName(net.netns)}${problem}`)),
    ...network.problems,
  ];
  for (const problem of problems) err.write(`Warning: ${problem}\n`);
  return network;
}

/** Every namespace has a device: of one that has none, nothing could be read. */
function isUnread({ devices, problems }: NetRecord): boolean {
  return devices.length === 0 && problems.length > 0;
}

/** What failed has been told. */
function silentFailure(): InspectError {
  return new InspectError("syscall", "", { data: { silent: true } });
}
