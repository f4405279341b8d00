/** Names of the functions that programs are attached to by BTF (kernel/bpf/syscall.c:bpf_tracing_link_fill_link_info). */
import { InspectError } from "../errors.ts";
import type { Registry } from "./registry.ts";

/** The name of a function in a BTF object; undefined where it cannot be read, or is no function. */
export function functionName(registry: Registry, btfId: number, typeId: number): string | undefined {
  try {
    const type = registry.btf(btfId)?.type(typeId);
    return type?.kind === "FUNC" && type.name !== "" ? type.name : undefined;
  } catch (error) {
    if (error instanceof InspectError) return undefined;
    throw error;
  }
}
