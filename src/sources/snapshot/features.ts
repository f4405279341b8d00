/** Probed features in a snapshot: `features.json`, which is there where it was asked for. */
import { unsupportedError } from "../../errors.ts";
import { array, bigInteger, boolean, integer, object, oneOf, type Shape } from "../../json/shape.ts";
import type {
  Answer,
  BpfFeatures,
  FeatureRecord,
  FeatureRequest,
  HelperAnswers,
  KernelConfig,
  SystemRecord,
} from "../../model/feature-records.ts";
import { probedHelpers } from "../../uapi/probed-helpers.ts";
import { byteText } from "./scalars.ts";

export const FEATURES = "features.json";

const MAX_TYPES = 1024;
const MAX_HELPERS = 1 << 16;
const MAX_OPTIONS = 1024;

const type = integer(0, 0xffff_ffff);
const answer: Shape<Answer> = oneOf("available", "missing", "refused");
const sysctl = bigInteger(-(2n ** 63n), 2n ** 63n - 1n);
const types = array(object({ type, answer }), MAX_TYPES);
const ids = array(integer(1, MAX_HELPERS), MAX_HELPERS);
const helpers: Shape<HelperAnswers> = object({ progType: type, available: ids, refused: ids });

const bpf: Shape<BpfFeatures> = object({
  progTypes: types,
  mapTypes: types,
  helpers: array(helpers, MAX_TYPES),
  misc: object({
    large_insn_limit: answer,
    bounded_loops: answer,
    v2_isa_extension: answer,
    v3_isa_extension: answer,
    v4_isa_extension: answer,
  }),
});

const options = object({ options: array(object({ name: byteText, value: byteText }), MAX_OPTIONS) });
const skipped = object({ skipped: byteText });
const config: Shape<KernelConfig> = (value, place) =>
  typeof value === "object" && value !== null && "skipped" in value
    ? skipped(value, place)
    : options(value, place);

const system: Shape<SystemRecord> = object(
  { config },
  {
    sysctls: object({
      unprivilegedBpfDisabled: sysctl,
      jitEnable: sysctl,
      jitHarden: sysctl,
      jitKallsyms: sysctl,
      jitLimit: sysctl,
    }),
  },
);

export const featuresShape: Shape<FeatureRecord> = object(
  { probed: byteText, full: boolean },
  { system, bpf },
);

/** The text of the file. */
export function featuresJson(record: FeatureRecord): string {
  const digits = (_key: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
  return `${JSON.stringify(record, digits, 1)}\n`;
}

/** As if it had been probed without `full`. */
function withoutNoisy({ bpf, ...record }: FeatureRecord): FeatureRecord {
  if (!bpf) return { ...record, full: false };
  const probed = new Set(probedHelpers(false));
  const quiet = (ids: readonly number[]) => ids.filter((id) => probed.has(id));
  const helpers = bpf.helpers.map(({ progType, available, refused }) => ({
    progType,
    available: quiet(available),
    refused: quiet(refused),
  }));
  return { ...record, full: false, bpf: { ...bpf, helpers } };
}

/** What was recorded, as far as it answers what is asked; `record` is undefined where nothing was. */
export function recordedFeatures(record: FeatureRecord | undefined, request: FeatureRequest): FeatureRecord {
  if (!record)
    throw unsupportedError("the snapshot has no features: 'snapshot save --features' probes for them");
  if (request.device !== undefined)
    throw unsupportedError(`the snapshot has the features of the kernel, not of device '${request.device}'`);
  if (request.unprivileged)
    throw unsupportedError("the snapshot has the features as root finds them: 'unprivileged' was not probed");
  if (request.full && !record.full)
    throw unsupportedError("the snapshot has the features without 'full', which writes to the kernel's log");
  return request.full === record.full ? record : withoutNoisy(record);
}
