/** What is used of WebAssembly, whose types come with browsers only. */

export interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
}

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Exports };
};

/** Makes an instance of a module for each call, with memory of its own. `E`: what the module exports. */
export function compile<E extends Exports>(bytes: Uint8Array): (imports: object) => E {
  const module = new WebAssembly.Module(bytes);
  return (imports) => new WebAssembly.Instance(module, imports).exports as E;
}
