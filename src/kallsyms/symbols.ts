/** What is asked of the kernel's symbol table, and what comes back. */

export interface SymbolRequest {
  /** Addresses to be named. */
  readonly addresses: readonly bigint[];
  /** Immediates of call instructions: distances from `__bpf_call_base`. */
  readonly offsets: readonly number[];
  /** Names that addresses have where the table lists them at all: who knows that it does need not read it. */
  readonly byRule?: ReadonlyMap<bigint, string>;
}

export interface KernelSymbols {
  /** Address of `__bpf_call_base`; 0 where it is hidden or unknown. */
  readonly callBase: bigint;
  readonly names: ReadonlyMap<bigint, string>;
}

export const NO_SYMBOLS: KernelSymbols = { callBase: 0n, names: new Map() };
