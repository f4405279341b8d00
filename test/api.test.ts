/** The names that each entry point exports: a change here is a change for others. */
import { expect, test } from "vitest";

const ENTRY_POINTS: Readonly<Record<string, readonly string[]>> = {
  index: [
    "FOLLOWED",
    "InspectError",
    "Registry",
    "VERSION",
    "btfViews",
    "fromByteText",
    "linkView",
    "listing",
    "mapView",
    "openSource",
    "progView",
    "programCode",
    "toByteText",
  ],
  "insn/index": ["INSN_SIZE", "InsnArray", "LD_IMM64", "disasm"],
  "btf/index": [
    "BTF_KIND",
    "BTF_KINDS",
    "Btf",
    "decodeFuncInfo",
    "decodeLineInfo",
    "decodeValue",
    "signature",
    "sizeOf",
    "writeBtfValue",
    "writeValue",
  ],
  "cfg/index": ["ENTRY", "EXIT", "controlFlow", "findFunctions"],
  "sources/index": [
    "bundledSnapshot",
    "bundledSnapshots",
    "liveSource",
    "openSource",
    "saveSnapshot",
    "writeTarget",
  ],
  "render/index": [
    "JsonWriter",
    "TextBuffer",
    "btfJson",
    "btfPlain",
    "linkJson",
    "linkPlain",
    "listingJson",
    "listingPlain",
    "mapJson",
    "mapPlain",
    "perfJson",
    "perfPlain",
    "progJson",
    "progPlain",
    "writeVisual",
  ],
};

test.each(Object.entries(ENTRY_POINTS))("%s exports these names", async (entry, names) => {
  expect(Object.keys(await import(new URL(`../src/${entry}.ts`, import.meta.url).href)).sort()).toEqual(
    names,
  );
});
