/**
 * What instructions refer to, as far as the registry knows: maps, variables, functions, the programs behind constant
 * tail calls, the targets of indirect jumps. Told behind an instruction's text, beside what bpftool prints.
 */
import type { Btf } from "../btf/btf.ts";
import { findType } from "../btf/find.ts";
import { variableAt } from "../btf/variables.ts";
import { InspectError } from "../errors.ts";
import { signed } from "../insn/disasm.ts";
import { type Insn, LD_IMM64 } from "../insn/insn.ts";
import { CALL_KIND, CODE, IMM64_KIND } from "../insn/opcodes.ts";
import type { MapInfo } from "../model/records.ts";
import type { Registry } from "../model/registry.ts";
import { ENOENT } from "../uapi/errno.ts";
import { MAP_TYPE, MAP_TYPES } from "../uapi/map-types.ts";
import { typeText } from "../uapi/name-table.ts";
import type { ProgramCode } from "./program-code.ts";
import { type Registers, withRegisters } from "./registers.ts";

const TAIL_CALL = 12;
/** Arguments of bpf_tail_call: the context, the map, the index. */
const MAP_ARGUMENT = 2;
const INDEX_ARGUMENT = 3;
/** Targets of an indirect jump; graphs have all of them. */
const MAX_TOLD = 32;

/** The same code with more notes. */
export function withNames(code: ProgramCode, registry: Registry): ProgramCode {
  const notes = new Map(code.notes);
  const names = registryNames(code, registry);
  for (const { pc, insn, registers } of withRegisters(code.insns, () => code.jumpTargets?.all())) {
    const name = nameOf(code, names, pc, insn, registers);
    if (name !== undefined && !notes.has(pc)) notes.set(pc, name);
  }
  return { ...code, notes };
}

type RegistryNames = ReturnType<typeof registryNames>;

function nameOf(
  code: ProgramCode,
  names: RegistryNames,
  pc: number,
  insn: Insn,
  registers: Registers,
): string | undefined {
  const { src, off, imm } = insn;
  if (insn.code === LD_IMM64) {
    if (src === IMM64_KIND.MAP_FD) return names.map(imm);
    if (src === IMM64_KIND.MAP_VALUE) return names.variable(imm, code.insns.at(pc + 1)?.imm ?? 0);
    return src === IMM64_KIND.FUNC ? names.subprog(pc + 1 + imm) : undefined;
  }
  if (insn.code === CODE.GOTOX) return distances(pc, code.jumpTargets?.of(pc));
  if (insn.code !== CODE.CALL) return undefined;
  if (src === CALL_KIND.HELPER && imm === TAIL_CALL) {
    const [map, index] = [registers[MAP_ARGUMENT], registers[INDEX_ARGUMENT]];
    return map?.kind === "map" && index?.kind === "constant" ? names.slot(map.id, index.value) : undefined;
  }
  if (!isUnnamed(code.symbols.callTarget(insn, pc))) return undefined;
  return src === CALL_KIND.SUBPROG ? names.subprog(pc + 1 + off) : names.kernelFunction(insn);
}

/** `pc+0, pc+2, pc+11`, as other jumps tell where they go. */
function distances(pc: number, targets: readonly number[] | undefined): string | undefined {
  if (targets === undefined) return undefined;
  const told = targets.slice(0, MAX_TOLD).map((target) => `pc${signed(target - pc - 1)}`);
  const others = targets.length - told.length;
  return `${told.join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
}

/** `pc+7`, `pc+7#0x…`, `0x…#290240`: no symbol was found. */
function isUnnamed(target: string): boolean {
  return /^(pc[+-]\d+(#0x[0-9a-f]+)?$|0x)/.test(target);
}

/** Each answers undefined where nothing is known. */
function registryNames({ btf, funcs }: ProgramCode, registry: Registry) {
  const typeIds = new Map(funcs.map(({ insnOff, typeId }) => [insnOff, typeId]));
  const maps = new Map<number, MapInfo | undefined>();
  const map = (id: number) => {
    if (!maps.has(id))
      maps.set(
        id,
        ifKnown(() => registry.source.mapInfo(id)),
      );
    return maps.get(id);
  };
  return {
    /** `hash counts` */
    map(id: number): string | undefined {
      const info = map(id);
      return info && `${typeText(MAP_TYPES, info.type)}${info.name && ` ${info.name}`}`;
    },
    /** `limit`, `table+8` */
    variable(mapId: number, offset: number): string | undefined {
      const info = map(mapId);
      if (!info?.btfValueTypeId) return undefined;
      const types = ifKnown(() => registry.btf(info.btfId));
      return types && variableAt(types, info.btfValueTypeId, offset);
    },
    subprog(start: number): string | undefined {
      const typeId = typeIds.get(start);
      return (typeId !== undefined && btf?.type(typeId)?.name) || undefined;
    },
    /** Where calls are numbered by BTF: kfuncs far from the kernel's text, helpers newer than this program. */
    kernelFunction({ src, off, imm }: Insn): string | undefined {
      const types = ifKnown(() => registry.kernelBtf());
      if (!types) return undefined;
      if (src === CALL_KIND.HELPER) return helperName(types, imm);
      const func = src === CALL_KIND.KFUNC && off === 0 ? types.type(imm) : undefined;
      return func?.kind === "FUNC" && func.name !== "" ? func.name : undefined;
    },
    /** `slot 6: tail_handle_ipv4 (id 1384)` */
    slot(mapId: number, index: number): string | undefined {
      const info = map(mapId);
      if (info?.type !== MAP_TYPE.prog_array || index < 0 || index >= info.maxEntries) return undefined;
      const id = readSlot(registry, info, index);
      if (id === undefined) return undefined;
      if (id === "empty") return `slot ${index}: empty`;
      const prog = registry.progIfThere(id);
      const name = prog && registry.progName(prog);
      return name ? `slot ${index}: ${name} (id ${id})` : `slot ${index}: id ${id}`;
    },
  };
}

/** The kernel's own word for a helper that this program has no name for. */
function helperName(kernel: Btf, helper: number): string | undefined {
  const id = findType(kernel, "enum bpf_func_id");
  const type = id === undefined ? undefined : kernel.type(id);
  const name = type?.kind === "ENUM" ? type.values.find(({ value }) => value === helper)?.name : undefined;
  return name?.replace(/^BPF_FUNC_/, "bpf_");
}

/** The id of the program in a slot of a prog_array. */
function readSlot({ source }: Registry, map: MapInfo, index: number): number | "empty" | undefined {
  const { littleEndian } = source.host();
  const key = new DataView(new ArrayBuffer(4));
  key.setUint32(0, index, littleEndian);
  try {
    const value = source.lookup(map, new Uint8Array(key.buffer));
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    return value.length === 4 ? view.getUint32(0, littleEndian) : undefined;
  } catch (error) {
    if (!(error instanceof InspectError)) throw error;
    return error.data.errno === ENOENT ? "empty" : undefined;
  }
}

function ifKnown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof InspectError) return undefined;
    throw error;
  }
}
