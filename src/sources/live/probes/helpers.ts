/** Which helpers a program type may call, by what the verifier says of a call (libbpf libbpf_probes.c:libbpf_probe_bpf_helper). */
import type { Answer, HelperAnswers, TypeAnswer } from "../../../model/feature-records.ts";
import type { Syscalls } from "../../../sys/syscalls.ts";
import { probedHelpers } from "../../../uapi/probed-helpers.ts";
import { EPERM } from "../../../uapi/errno.ts";
import { answerOf, type Outcome, progTrier } from "./attempts.ts";
import { assemble, callHelper, copyToR0, EXIT, setHelper } from "./insns.ts";
import { needsOf, needsTarget, type TypeNeeds } from "./prog-types.ts";

/** No program at all may call it: the kernel does not know the number. */
const UNKNOWN = "invalid func ";
/** Verdicts that are about the helper. */
export const TURNED_DOWN = [UNKNOWN, "unknown func ", "program of this type cannot use helper "] as const;

/**
 * The helpers of all types, in their order. Types that are not available have none. A helper that the kernel does not know is
 * asked for once.
 */
export function probeHelpers(
  sys: Syscalls,
  progTypes: readonly TypeAnswer[],
  { full, kernVersion }: { full: boolean; kernVersion: number },
): HelperAnswers[] {
  const ids = probedHelpers(full);
  const unknown = new Set<number>();
  return progTypes.map(({ type, answer }) => {
    const can = answer === "available" && !needsTarget(type);
    const asked = can ? ids.filter((id) => !unknown.has(id)) : [];
    const call = helperCall(sys, type, needsOf(type, kernVersion));
    const answers = asked.map((id) => {
      const outcome = call(id);
      if (outcome.log.includes(UNKNOWN)) unknown.add(id);
      return helperAnswer(outcome);
    });
    const those = (wanted: Answer) => asked.filter((_, at) => answers[at] === wanted);
    return { progType: type, available: those("available"), refused: those("refused") };
  });
}

export function probeHelper(sys: Syscalls, type: number, id: number): Answer {
  return helperAnswer(helperCall(sys, type, {})(id));
}

/**
 * Tries a program that calls a helper. Behind the call it reads r1, which the call has spoilt: so the program is never loaded, and
 * the verdict is about the call, or else about r1.
 */
function helperCall(sys: Syscalls, type: number, needs: TypeNeeds): (id: number) => Outcome {
  const insns = assemble(callHelper(0), copyToR0(1), EXIT);
  const trial = progTrier(sys, { type, insns, ...needs });
  return (id) => {
    setHelper(insns, 0, id);
    return trial();
  };
}

/** A verdict that is not about the helper itself is about how it was called. */
function helperAnswer({ errno, log }: Outcome): Answer {
  const turnedDown = errno === EPERM || TURNED_DOWN.some((text) => log.includes(text));
  return answerOf(errno, !turnedDown);
}
