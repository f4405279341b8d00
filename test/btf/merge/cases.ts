/** Small BTF objects to merge, each made for one rule. The first builder gets the base, the others one part each. */
import { Btf } from "../../../src/btf/btf.ts";
import { BtfBuilder } from "../../support/btf-builder.ts";
import { SplitBuilder } from "./split-builder.ts";

type Build = (builder: BtfBuilder) => unknown;

/** Ids of a case's base begin at 1, those of each part behind the base. */
export const CASES: Readonly<Record<string, { base: Build; parts: readonly Build[] }>> = {
  "a struct that both parts have": {
    base: (b) => b.int("int", 4),
    parts: [
      (b) => b.composite("STRUCT", "s", 4, [["a", 1, 0]]),
      (b) => {
        b.ref("PTR", 3);
        b.composite("STRUCT", "s", 4, [["a", 1, 0]]);
      },
    ],
  },
  "a struct of the base": {
    base: (b) => b.composite("STRUCT", "s", 4, [["a", b.int("int", 4), 0]]),
    parts: [
      (b) => b.ref("PTR", b.composite("STRUCT", "s", 4, [["a", b.int("int", 4), 0]])),
      (b) => b.ref("CONST", b.composite("STRUCT", "s", 4, [["a", b.int("int", 4), 0]])),
    ],
  },
  "structs of one name with other members": {
    base: (b) => b.composite("STRUCT", "s", 4, [["a", b.int("int", 4), 0]]),
    parts: [
      (b) => b.composite("STRUCT", "s", 4, [["b", 1, 0]]),
      (b) => b.composite("STRUCT", "s", 4, [["a", b.int("unsigned", 4), 0]]),
      (b) => b.composite("STRUCT", "s", 8, [["a", 1, 0]]),
      (b) => b.composite("UNION", "s", 4, [["a", 1, 0]]),
    ],
  },
  "a list in both parts": {
    base: (b) => b.int("int", 4),
    parts: [
      (b) => {
        b.composite("STRUCT", "list", 8, [["next", 4, 0]]);
        b.raw("VAR", { name: "head", sizeOrType: 2, tail: [1] });
        b.ref("PTR", 2);
      },
      (b) => {
        b.ref("PTR", 3);
        b.composite("STRUCT", "list", 8, [["next", 2, 0]]);
      },
    ],
  },
  "two structs that lead to each other, with the declaration in turn": {
    base: (b) => b.int("int", 4),
    parts: [
      (b) => {
        const declared = b.raw("FWD", { name: "b" });
        b.composite("STRUCT", "a", 16, [
          ["b", b.ref("PTR", declared), 0],
          ["n", 1, 64],
        ]);
      },
      (b) => {
        const declared = b.raw("FWD", { name: "a" });
        b.composite("STRUCT", "b", 16, [
          ["a", b.ref("PTR", declared), 0],
          ["n", 1, 64],
        ]);
      },
    ],
  },
  "a declaration in a struct that the other part defines": {
    base: (b) => b.int("int", 4),
    parts: [
      (b) => {
        const inner = b.ref("PTR", b.raw("FWD", { name: "inner" }));
        b.composite("STRUCT", "outer", 8, [["inner", inner, 0]]);
      },
      (b) => {
        const inner = b.ref("PTR", b.composite("STRUCT", "inner", 4, [["i", 1, 0]]));
        b.composite("STRUCT", "outer", 8, [["inner", inner, 0]]);
      },
    ],
  },
  "a declaration in a struct of the base that a part defines": {
    base: (b) => {
      const inner = b.ref("PTR", b.raw("FWD", { name: "inner" }));
      b.composite("STRUCT", "outer", 8, [["inner", inner, 0]]);
    },
    parts: [
      (b) => b.ref("PTR", 1),
      (b) => {
        const inner = b.ref("PTR", b.composite("STRUCT", "inner", 0, []));
        b.ref("CONST", b.composite("STRUCT", "outer", 8, [["inner", inner, 0]]));
      },
      (b) => b.ref("PTR", b.raw("FWD", { name: "inner" })),
    ],
  },
  "a declaration that fits two definitions, one of another kind, or none": {
    base: (b) => b.composite("STRUCT", "two", 4, []),
    parts: [
      (b) => {
        b.composite("STRUCT", "two", 8, []);
        b.composite("UNION", "kind", 8, []);
        b.composite("UNION", "one", 8, []);
      },
      (b) => {
        b.ref("PTR", b.raw("FWD", { name: "two" }));
        b.ref("PTR", b.raw("FWD", { name: "kind" }));
        b.ref("PTR", b.raw("FWD", { name: "one", flag: true }));
        b.ref("PTR", b.raw("FWD", { name: "none" }));
      },
      (b) => b.ref("PTR", b.raw("FWD", { name: "none" })),
    ],
  },
  "enums, declared and defined": {
    base: (b) => b.raw("ENUM", { name: "inBase", sizeOrType: 4 }),
    parts: [
      (b) => {
        b.ref("PTR", b.raw("ENUM", { name: "e", sizeOrType: 4 }));
        b.ref("PTR", 1);
        b.raw("ENUM", { name: "", vlen: 1, sizeOrType: 4, tail: [b.string("X"), 1] });
      },
      (b) => {
        b.ref("PTR", b.raw("ENUM", { name: "e", vlen: 1, sizeOrType: 4, tail: [b.string("A"), 1] }));
        b.raw("ENUM", { name: "inBase", vlen: 1, sizeOrType: 4, tail: [b.string("B"), 2] });
        b.raw("ENUM", { name: "", vlen: 1, sizeOrType: 4, tail: [b.string("X"), 1] });
        b.raw("ENUM", { name: "", vlen: 1, sizeOrType: 4, tail: [b.string("X"), 2] });
      },
      (b) => {
        b.ref("PTR", b.raw("ENUM", { name: "e", vlen: 1, sizeOrType: 4, tail: [b.string("A"), 2] }));
        b.ref("CONST", b.raw("ENUM64", { name: "e", vlen: 1, sizeOrType: 8, tail: [b.string("A"), 1, 1] }));
        b.ref("CONST", b.raw("ENUM64", { name: "e", sizeOrType: 8 }));
      },
    ],
  },
  "arrays and prototypes": {
    base: (b) => b.ref("PTR", b.int("int", 4)),
    parts: [
      (b) => {
        b.array(1, 2);
        b.array(1, 3);
        b.proto(2, [["a", 1]]);
        b.func("f", 1, [["a", 2]]);
      },
      (b) => {
        b.array(b.int("int", 4), 2);
        b.proto(b.ref("PTR", 3), [["a", 1]]);
        b.proto(2, [["b", 1]]);
        b.proto(2, [["a", 2]]);
        b.func("f", 1, [["a", 2]]);
        b.func("g", 1, [["a", 2]]);
        b.raw("FUNC", { name: "f", vlen: 0, sizeOrType: 9 });
      },
    ],
  },
  "tags of types and declarations": {
    base: (b) => b.composite("STRUCT", "s", 4, [["a", b.int("int", 4), 0]]),
    parts: [
      (b) => {
        b.ref("PTR", b.ref("TYPE_TAG", 1, "user"));
        b.raw("DECL_TAG", { name: "tag", sizeOrType: 2, tail: [0] });
      },
      (b) => {
        b.ref("PTR", b.ref("TYPE_TAG", 1, "user"));
        b.ref("PTR", b.ref("TYPE_TAG", 1, "rcu"));
        b.raw("TYPE_TAG", { name: "user", sizeOrType: 1, flag: true });
        b.raw("DECL_TAG", { name: "tag", sizeOrType: 2, tail: [0] });
        b.raw("DECL_TAG", { name: "tag", sizeOrType: 2, tail: [0xffffffff] });
        b.raw("DECL_TAG", { name: "tag", sizeOrType: 2, tail: [0], flag: true });
      },
    ],
  },
  "typedefs of typedefs": {
    base: (b) => b.ref("TYPEDEF", b.int("unsigned", 4), "u32"),
    parts: [
      (b) => b.ref("TYPEDEF", b.ref("TYPEDEF", 2, "outer"), "outmost"),
      (b) => {
        b.ref("TYPEDEF", 4, "outmost");
        b.ref("TYPEDEF", b.ref("TYPEDEF", b.int("unsigned", 4), "u32"), "outer");
        b.ref("TYPEDEF", 1, "outer");
      },
    ],
  },
  "a typedef that leads to itself": {
    base: (b) => b.int("int", 4),
    parts: [
      (b) => {
        b.ref("TYPEDEF", 3, "T");
        b.ref("PTR", 2);
      },
      (b) => {
        b.ref("PTR", 3);
        b.ref("TYPEDEF", 2, "T");
      },
    ],
  },
  "anonymous members": {
    base: (b) => b.int("int", 4),
    parts: [
      (b) => {
        const inner = b.composite("UNION", "", 4, [
          ["a", 1, 0],
          ["b", 1, 0],
        ]);
        b.composite("STRUCT", "s", 4, [["", inner, 0]]);
      },
      (b) => {
        const other = b.composite("UNION", "", 4, [
          ["a", 1, 0],
          ["c", 1, 0],
        ]);
        const inner = b.composite("UNION", "", 4, [
          ["a", 1, 0],
          ["b", 1, 0],
        ]);
        b.composite("STRUCT", "s", 4, [["", inner, 0]]);
        b.composite("STRUCT", "s", 4, [["", other, 0]]);
      },
    ],
  },
  "modifiers in several orders": {
    base: (b) => b.ref("CONST", b.int("int", 4)),
    parts: [
      (b) => b.ref("PTR", b.ref("VOLATILE", 2)),
      (b) => b.ref("PTR", b.ref("CONST", b.ref("VOLATILE", 1))),
      (b) => b.ref("RESTRICT", b.ref("PTR", b.ref("VOLATILE", b.ref("CONST", 1)))),
    ],
  },
  "floats and integers": {
    base: (b) => b.raw("FLOAT", { name: "float", sizeOrType: 4 }),
    parts: [
      (b) => {
        b.raw("FLOAT", { name: "float", sizeOrType: 4 });
        b.ref("PTR", b.raw("FLOAT", { name: "double", sizeOrType: 8 }));
        b.int("int", 4);
      },
      (b) => {
        b.ref("PTR", b.raw("FLOAT", { name: "double", sizeOrType: 8 }));
        b.ref("PTR", b.raw("FLOAT", { name: "float", sizeOrType: 4 }));
        b.int("int", 4, { encoding: 1 });
        b.ref("PTR", b.int("int", 4));
      },
    ],
  },
  "variables and sections stay": {
    base: (b) => b.section(".data", 4, [[b.variable("v", b.int("int", 4)), 0, 4]]),
    parts: [
      (b) => b.section(".data", 4, [[b.variable("v", b.int("int", 4)), 0, 4]]),
      (b) => b.section(".data", 4, [[b.variable("v", b.int("int", 4)), 0, 4]]),
    ],
  },
  "types that the base has twice": {
    base: (b) => {
      b.int("int", 4);
      b.int("int", 4);
      b.ref("PTR", 1);
      b.ref("PTR", 2);
      b.composite("STRUCT", "s", 8, [["p", 3, 0]]);
      b.composite("STRUCT", "s", 8, [["p", 4, 0]]);
    },
    parts: [
      (b) => b.composite("STRUCT", "s", 8, [["p", b.ref("PTR", b.int("int", 4)), 0]]),
      (b) => {
        b.ref("PTR", b.int("int", 4));
        b.ref("PTR", b.composite("STRUCT", "s", 8, [["p", 3, 0]]));
        b.ref("PTR", b.composite("STRUCT", "s", 8, [["p", 4, 0]]));
      },
    ],
  },
  "a struct that its compiler described twice": {
    base: (b) => b.int("int", 4),
    parts: [
      (b) => {
        const inner = b.composite("STRUCT", "inner", 4, [["a", 1, 0]]);
        b.composite("STRUCT", "outer", 8, [
          ["x", inner, 0],
          ["y", inner, 32],
        ]);
      },
      (b) => {
        const first = b.composite("STRUCT", "inner", 4, [["a", 1, 0]]);
        const second = b.composite("STRUCT", "inner", 4, [["a", b.int("int", 4), 0]]);
        b.composite("STRUCT", "outer", 8, [
          ["x", first, 0],
          ["y", second, 32],
        ]);
      },
    ],
  },
  "arrays of one length pass for the same": {
    base: (b) => b.int("int", 4),
    parts: [
      (b) => {
        const array = b.array(1, 2);
        b.composite("STRUCT", "outer", 16, [
          ["x", array, 0],
          ["y", array, 64],
        ]);
      },
      (b) => {
        const first = b.array(1, 2);
        const second = b.array(b.int("unsigned", 4), 2);
        b.composite("STRUCT", "outer", 16, [
          ["x", first, 0],
          ["y", second, 64],
        ]);
      },
    ],
  },
  "a part without types, behind one with": {
    base: (b) => b.int("int", 4),
    parts: [(b) => b.ref("PTR", 1), () => undefined],
  },
};

/** The bytes of a case. */
export function buildCase({ base, parts }: { base: Build; parts: readonly Build[] }) {
  const builder = new BtfBuilder();
  base(builder);
  const baseBytes = builder.build();
  const baseBtf = new Btf(baseBytes);
  return {
    base: baseBytes,
    parts: parts.map((build) => {
      const part = new SplitBuilder(baseBtf);
      build(part);
      return part.build();
    }),
  };
}
