/** All that `feature probe` asks the running kernel (bpftool feature.c:do_probe). */
import type {
  BpfFeatures,
  FeatureRecord,
  FeatureRequest,
  SystemRecord,
} from "../../../model/feature-records.ts";
import { linuxOwnProcess, type OwnProcess } from "../../../sys/own-process.ts";
import type { Syscalls } from "../../../sys/syscalls.ts";
import { ENOSYS } from "../../../uapi/errno.ts";
import { tryNothing } from "./attempts.ts";
import { probeHelpers } from "./helpers.ts";
import { readKernelConfig } from "./kernel-config.ts";
import { kernelVersion } from "./kernel-version.ts";
import { withLockedMemory } from "./locked-memory.ts";
import { probeMapTypes } from "./map-types.ts";
import { probeMisc } from "./misc.ts";
import { type Device, findDevice, probeDevice } from "./offload.ts";
import { checkPrivileges, withoutPrivileges } from "./privileges.ts";
import { probeProgTypes } from "./prog-types.ts";
import { readSysctls } from "./sysctls.ts";

/** Throws where the device is unknown, or the process lacks capabilities. Nothing that was tried is left behind. */
export function probeFeatures(
  sys: Syscalls,
  request: FeatureRequest,
  own: OwnProcess = linuxOwnProcess(),
): FeatureRecord {
  const device = request.device === undefined ? undefined : findDevice(sys, request.device);
  const privileges = checkPrivileges(sys, own, request.unprivileged);
  const probe = () => probeAll(sys, device, request.full);
  if (privileges.held.length === 0) return probe();
  return withLockedMemory(sys, own, () =>
    request.unprivileged ? withoutPrivileges(own, privileges, probe) : probe(),
  );
}

function probeAll(sys: Syscalls, device: Device | undefined, full: boolean): FeatureRecord {
  const probed = new Date().toISOString();
  const bpf = tryNothing(sys) !== ENOSYS ? bpfFeatures(sys, device, full) : undefined;
  return { probed, full, ...(!device && { system: readSystem(sys) }), ...(bpf && { bpf }) };
}

function readSystem(sys: Syscalls): SystemRecord {
  const sysctls = readSysctls(sys);
  return { ...(sysctls && { sysctls }), config: readKernelConfig(sys) };
}

function bpfFeatures(sys: Syscalls, device: Device | undefined, full: boolean): BpfFeatures {
  if (device) return probeDevice(sys, device, full);
  const kernVersion = kernelVersion(sys);
  const progTypes = probeProgTypes(sys, kernVersion);
  return {
    progTypes,
    mapTypes: probeMapTypes(sys),
    helpers: probeHelpers(sys, progTypes, { full, kernVersion }),
    misc: probeMisc(sys, 0),
  };
}
