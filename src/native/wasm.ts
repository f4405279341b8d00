/** The part of WebAssembly's JavaScript interface that is used: the types of Node.js leave it out. */

export type WasmFunction = (...values: readonly number[]) => number;

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** By module and name. */
export type WasmImports = Readonly<Record<string, Readonly<Record<string, WasmFunction>>>>;
export type WasmExports = Readonly<Record<string, WasmFunction | WasmMemory | undefined>>;

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: WasmImports) => { readonly exports: WasmExports };
  readonly RuntimeError: new () => Error;
};

export function instantiate(bytes: Uint8Array, imports: WasmImports): WasmExports {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
}

/** A trap: the code did what WebAssembly forbids. */
export function isTrap(error: unknown): error is Error {
  return error instanceof WebAssembly.RuntimeError;
}
