/** What is used of JavaScript's interface to WebAssembly: its types come with browsers only. */

export type WasmFunction = (...values: readonly number[]) => number;

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** By module and name. */
type Imports = Readonly<Record<string, Readonly<Record<string, (...values: never[]) => unknown>>>>;

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: Imports) => { readonly exports: object };
  readonly RuntimeError: new () => Error;
};

/** Makes instances of a module, each with a memory of its own. `E`: what the module exports. */
export function compile<E extends object>(bytes: Uint8Array): (imports: Imports) => E {
  const module = new WebAssembly.Module(bytes);
  return (imports) => new WebAssembly.Instance(module, imports).exports as E;
}

/** A trap: the code did what WebAssembly forbids. */
export function isTrap(error: unknown): error is Error {
  return error instanceof WebAssembly.RuntimeError;
}
