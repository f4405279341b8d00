/** From places in compiled programs to instructions and lines. */
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerPlaces, type PlaceAnswer, type PlaceQuery } from "../../src/code/place-answers.ts";
import type { InsnRange } from "../../src/code/whereis.ts";
import type { ProgCode, ProgImage } from "../../src/model/records.ts";
import { Registry } from "../../src/model/registry.ts";
import type { ObjectSource } from "../../src/model/source.ts";
import { openSource } from "../../src/sources/open.ts";
import { dataText } from "../support/data.ts";
import { LENGTHS, LOADED, PLACED, SYMBOLS, TAG } from "../support/loaded-program.ts";
import { type Machine, memorySource } from "../support/memory-source.ts";
import { progRecord } from "../support/records.ts";

type InProgram = Extract<PlaceAnswer, { kind: "program" }>;

function symbolQuery(
  symbol: string,
  offset = 0,
  fields: Partial<Extract<PlaceQuery, { kind: "symbol" }>> = {},
) {
  return { text: `${symbol}+${offset}`, kind: "symbol", symbol, offset, ...fields } as const;
}

function addressQuery(address: bigint): PlaceQuery {
  return { text: address.toString(16), kind: "address", address };
}

function ask(machine: Machine, ...queries: readonly PlaceQuery[]): PlaceAnswer[] {
  return answerPlaces(new Registry(memorySource(machine)), queries);
}

describe("every instruction of real programs", () => {
  /** `prog dump jited id N linum opcodes`, which bpftool 7.8.0 printed of the programs of the snapshot. */
  const RECORDED = [
    ...dataText(import.meta.url, "../native/data/stage.txt").matchAll(
      /^\$ bpftool prog dump jited id (\d+) linum opcodes\n([^$]*(?:\$(?! bpftool)[^$]*)*)/gm,
    ),
  ].map(([, id, listing = ""]) => ({ id: Number(id), listing }));

  interface Listed {
    readonly symbol: string;
    readonly offset: number;
    readonly line: string | undefined;
    /** Of the instruction before, in the same function. */
    readonly lineBefore: string | undefined;
  }

  function* listed(listing: string): Generator<Listed> {
    let symbol = "";
    let line: string | undefined;
    let lineBefore: string | undefined;
    for (const row of listing.split("\n")) {
      const source = /^; (.*) \[file:(.*) line_num:(\d+) line_col:(\d+)\]$/.exec(row);
      const insn = /^ *([0-9a-f]+):\t/.exec(row);
      if (/^bpf_prog_\w+:$/.test(row)) {
        symbol = row.slice(0, -1);
        line = undefined;
        lineBefore = undefined;
      } else if (source) line = source.slice(1).join("|");
      else if (insn) {
        yield { symbol, offset: Number.parseInt(insn[1] ?? "", 16), line, lineBefore };
        lineBefore = line;
      }
    }
  }

  function lineOf(range: InsnRange | undefined): string | undefined {
    const source = range?.source;
    return source && [source.text ?? "", source.file, source.line, source.column].join("|");
  }

  test("has the line that bpftool prints above it", async () => {
    const source = await openSource(fileURLToPath(new URL("../native/data/stage.zip", import.meta.url)));
    let compared = 0;
    const problems = RECORDED.flatMap(({ id, listing }) => {
      const rows = [...listed(listing)];
      const answers = answerPlaces(
        new Registry(source),
        rows.map(({ symbol, offset }) => symbolQuery(symbol, offset)),
      ).filter((answer): answer is InProgram => answer.kind === "program" && answer.func.prog.id === id);
      expect(answers).toHaveLength(rows.length);
      compared += rows.length;
      return rows.filter(({ line, lineBefore }, i) => {
        const { at, before } = answers[i]?.place ?? {};
        return lineOf(at) !== line || (before && lineOf(before) !== lineBefore);
      });
    });
    expect(problems).toEqual([]);
    expect(RECORDED.length).toBe(40);
    expect(compared).toBe(1909);
  });
});

/** `pc 0-2 line 10; behind a call: ...` */
function placeText(answer: PlaceAnswer | undefined): string {
  if (answer?.kind !== "program") return answer?.kind === "unknown" ? answer.why : `${answer?.kind}`;
  const { at, before, why } = answer.place;
  const text = (range: InsnRange) => `pc ${range.firstPc}-${range.lastPc} line ${range.source?.line}`;
  return [at && text(at), before && `behind a call: ${text(before)}`, why].filter(Boolean).join("; ");
}

describe("places in a program", () => {
  test.each([
    ["its start", PLACED.main, "pc 0-2 line 10"],
    ["inside of the first line", PLACED.main + 23n, "pc 0-2 line 10"],
    [
      "behind a call; of two lines at one place the last has the code",
      PLACED.main + 24n,
      "pc 3-4 line 12; behind a call: pc 0-2 line 10",
    ],
    ["behind a tail call, which does not return", PLACED.main + 32n, "pc 5-5 line 13"],
    ["its last byte", PLACED.main + 39n, "pc 5-5 line 13"],
    ["its end: the last instruction is no call", PLACED.main + 40n, "it is the end of the function"],
    ["another function", PLACED.sub + 8n, "pc 6-7 line 20"],
    ["the end of that, behind a call", PLACED.sub + 16n, "behind a call: pc 6-7 line 20"],
  ])("%s", (_, address, text) => {
    expect(ask(LOADED, addressQuery(address)).map(placeText)).toEqual([text]);
  });

  test("the instructions, with the names of what they call", () => {
    const [answer] = ask(LOADED, addressQuery(PLACED.main));
    expect(answer).toMatchObject({
      progName: "placed",
      offset: 0,
      notes: [],
      func: { index: 0, symbol: SYMBOLS.main, length: LENGTHS.main },
      place: {
        name: "placed",
        at: {
          insns: [
            { pc: 0, text: "(18) r1 = 0x0" },
            { pc: 2, text: "(85) call bpf_map_lookup_elem#1" },
          ],
          source: { text: "line 10;", file: "p.bpf.c", line: 10, column: 5 },
        },
      },
    });
  });

  test("what is known to be no return address", () => {
    const query = { ...symbolQuery(SYMBOLS.main, 24), exact: true };
    expect(ask(LOADED, query).map(placeText)).toEqual(["pc 3-4 line 12"]);
  });
});

describe("symbols", () => {
  const twin = progRecord({ ...(LOADED.progs?.[0] ?? { id: 0 }), id: 9 });
  const code = LOADED.code?.get(PLACED.id) as ProgCode;
  /** A second program of the same tag, elsewhere. */
  const TWINS: Machine = {
    ...LOADED,
    progs: [...(LOADED.progs ?? []), twin],
    code: new Map([...(LOADED.code ?? []), [9, { ...code, jitedKsyms: [0x5000n, 0x6000n] }]]),
    symbols: [...(LOADED.symbols ?? []), [0x5000n, SYMBOLS.main], [0x6000n, SYMBOLS.sub]],
  };
  const found = (machine: Machine, query: PlaceQuery) =>
    ask(machine, query).map((answer) =>
      answer.kind === "program"
        ? `${answer.func.prog.id}/${answer.func.index} ${answer.notes.join()}`.trim()
        : placeText(answer),
    );

  test.each<readonly [what: string, query: PlaceQuery, found: readonly string[]]>([
    ["of a program", symbolQuery(SYMBOLS.main), ["7/0", "9/0"]],
    ["of another function, which only the symbols tell", symbolQuery(SYMBOLS.sub, 3), ["7/1", "9/1"]],
    [
      "a tag alone",
      symbolQuery(`bpf_prog_${TAG}`),
      [7, 9].map((id) => `${id}/0 the symbol of this tag is ${SYMBOLS.main}`),
    ],
    [
      "a tag with another name",
      symbolQuery(`bpf_prog_${TAG}_renamed`, 0, { size: 40 }),
      [7, 9].map((id) => `${id}/0 the symbol of this tag is ${SYMBOLS.main}`),
    ],
    [
      "another size",
      symbolQuery(SYMBOLS.sub, 0, { size: 0x40 }),
      [7, 9].map(
        (id) =>
          `${id}/1 it has 0x10 bytes, not 0x40: it was compiled differently, the offset may lead elsewhere`,
      ),
    ],
    [
      "an offset past the end",
      symbolQuery(SYMBOLS.sub, 17),
      [`offset 0x11 is past the end of ${SYMBOLS.sub} (0x10 bytes)`],
    ],
    ["no such tag", symbolQuery("bpf_prog_1111111111111111_x"), ["no program has this symbol or tag"]],
    [
      "no symbol of a program",
      symbolQuery("bpf_prog_run"),
      ["only the running kernel has all of its symbols"],
    ],
    [
      "an address between functions",
      addressQuery(PLACED.main + 41n),
      ["no program is there, and only the running kernel has all of its symbols"],
    ],
    [
      "address 0",
      addressQuery(0n),
      ["no program is there, and only the running kernel has all of its symbols"],
    ],
  ])("%s", (_, query, expected) => expect(found(TWINS, query)).toEqual(expected));

  test("without symbols a program is known by its own tag and name", () => {
    expect(found({ ...LOADED, symbols: [] }, symbolQuery(SYMBOLS.main))).toEqual(["7/0"]);
    expect(found({ ...LOADED, symbols: [] }, symbolQuery(SYMBOLS.sub))).toEqual([
      "no program has this symbol or tag",
    ]);
  });
});

describe("what the source does not tell", () => {
  const prog = progRecord({ ...(LOADED.progs?.[0] ?? { id: 0 }) });
  const code = LOADED.code?.get(PLACED.id) as ProgCode;
  const image = LOADED.images?.get(PLACED.id) as ProgImage;
  const withCode = (changes: Partial<ProgCode>): Machine => ({
    ...LOADED,
    code: new Map([[PLACED.id, { ...code, ...changes }]]),
  });
  const withImage = (changes: Partial<ProgImage>): Machine => ({
    ...LOADED,
    images: new Map([[PLACED.id, { ...image, ...changes }]]),
  });

  test.each<readonly [what: string, machine: Machine, text: string]>([
    [
      "no addresses",
      { ...withCode({ jitedKsyms: [], jitedFuncLens: [] }), images: new Map() },
      "the compiled program is hidden: kernel.kptr_restrict set?",
    ],
    [
      "no image",
      { ...LOADED, images: new Map() },
      "the compiled program is hidden: kernel.kptr_restrict set?",
    ],
    [
      "not compiled",
      { ...LOADED, images: new Map(), progs: [{ ...prog, jitedLen: 0 }] },
      "the program is not compiled",
    ],
    ["no lines", withCode({ lineInfo: new Uint8Array() }), "the program has no line_info"],
    ["no BTF", { ...LOADED, progs: [{ ...prog, btfId: 0 }] }, "the program has no line_info"],
    [
      "a BTF that is gone",
      { ...LOADED, blobs: new Map() },
      "BTF object by id (3): No such file or directory",
    ],
    [
      "no addresses of lines",
      withImage({ jitedLineInfo: new Uint8Array() }),
      "no addresses of its lines are known",
    ],
    [
      "too few addresses of lines",
      withImage({ jitedLineInfo: new Uint8Array(16) }),
      "5 line records have 2 addresses",
    ],
    ["addresses too short", withImage({ jitedLineInfoRecSize: 4 }), "5 line records have 0 addresses"],
    ["lines elsewhere", withImage({ jitedLineInfo: new Uint8Array(40) }), "no line record stands before it"],
  ])("%s", (_, machine, text) => {
    const answers = ask(machine, symbolQuery(SYMBOLS.main, 8));
    expect(answers.map(({ kind }) => kind)).toEqual(["program"]);
    expect(placeText(answers[0])).toContain(text);
  });

  test("hidden instructions: their numbers are known all the same, calls are not", () => {
    const hidden = withCode({ xlated: new Uint8Array() });
    const [answer] = ask(hidden, addressQuery(PLACED.main + 32n));
    expect(placeText(answer)).toBe("pc 5-5 line 13; behind a call: pc 3-4 line 12");
    expect((answer as InProgram).place.at?.insns).toEqual([]);
  });

  test("a program that vanishes does not hide the others", () => {
    const source: ObjectSource = memorySource({ ...LOADED, progs: [progRecord({ id: 1 }), prog] });
    const { code: read } = source;
    const vanishing = {
      ...source,
      code: (asked: typeof prog) => (asked.id === 1 ? read(source.prog(1000)) : read(asked)),
    };
    const answers = answerPlaces(new Registry(vanishing), [addressQuery(PLACED.main)]);
    expect(answers.map(placeText)).toEqual(["pc 0-2 line 10"]);
  });
});

describe("kernel symbols", () => {
  const source: ObjectSource = {
    ...memorySource(LOADED),
    kernelPlaces: ({ addresses, names }) => ({
      before: new Map(
        addresses.map((address) => [
          address,
          { name: address > PLACED.main ? SYMBOLS.main : "kfree", module: undefined, address: address - 4n },
        ]),
      ),
      named: new Map(
        names.map((name) => [
          name,
          name === "twin" ? [1n, 2n].map((address) => ({ name, module: "mod", address })) : [],
        ]),
      ),
      readable: names[0] !== "hidden",
    }),
  };
  const answers = (...queries: PlaceQuery[]) =>
    answerPlaces(new Registry(source), queries).map((answer) =>
      answer.kind === "kernel" ? `${answer.symbol.name}+${answer.offset}` : placeText(answer),
    );

  test.each<readonly [what: string, query: PlaceQuery, found: readonly string[]]>([
    ["an address", addressQuery(0xffffffff81000004n), ["kfree+4"]],
    [
      "an address behind a program",
      addressQuery(PLACED.main + 41n),
      ["neither a program nor a symbol of the kernel is there"],
    ],
    ["a name that two have", symbolQuery("twin", 8), ["twin+8", "twin+8"]],
    ["a name that none has", symbolQuery("nothing"), ["the kernel has no such symbol"]],
    [
      "a kernel that hides them",
      symbolQuery("hidden"),
      ["/proc/kallsyms does not tell addresses: kernel.kptr_restrict set?"],
    ],
    ["a mistake", { text: "?", kind: "mistake", why: "no idea" }, ["no idea"]],
  ])("%s", (_, query, expected) => expect(answers(query)).toEqual(expected));

  test("a whole stack, in order", () => {
    const stack = [symbolQuery("twin"), addressQuery(PLACED.sub), addressQuery(5n), symbolQuery("nothing")];
    expect(answers(...stack)).toEqual([
      "twin+0",
      "twin+0",
      "pc 6-7 line 20",
      "kfree+4",
      "the kernel has no such symbol",
    ]);
  });
});

test("hostile records: an answer for every place, whatever they say", () => {
  const u32 = fc.oneof(fc.nat(10), fc.integer({ min: 0, max: 0xffff_ffff }));
  const near = fc.bigInt({ min: -8n, max: 48n }).map((offset) => PLACED.main + offset);
  const bytes = fc.uint8Array({ maxLength: 64 });
  const arbitrary = fc.record({
    xlated: bytes,
    funcInfo: fc
      .array(u32, { minLength: 0, maxLength: 6 })
      .map((words) => new Uint8Array(Uint32Array.from(words).buffer)),
    lineInfo: fc
      .array(u32, { minLength: 20, maxLength: 20 })
      .map((words) => new Uint8Array(Uint32Array.from(words).buffer)),
    jitedKsyms: fc.array(near, { minLength: 1, maxLength: 3 }),
    jitedFuncLens: fc.array(u32, { maxLength: 3 }),
    addresses: fc.array(near, { minLength: 5, maxLength: 5 }),
    xlatedLen: u32,
    asked: fc.array(near, { minLength: 1 }),
  });
  const code = LOADED.code?.get(PLACED.id) as ProgCode;
  const image = LOADED.images?.get(PLACED.id) as ProgImage;
  const prog = progRecord({ ...(LOADED.progs?.[0] ?? { id: 0 }) });
  fc.assert(
    fc.property(arbitrary, ({ addresses, asked, xlatedLen, ...changes }) => {
      const machine: Machine = {
        ...LOADED,
        progs: [{ ...prog, xlatedLen }],
        code: new Map([[PLACED.id, { ...code, ...changes }]]),
        images: new Map([
          [PLACED.id, { ...image, jitedLineInfo: new Uint8Array(BigUint64Array.from(addresses).buffer) }],
        ]),
      };
      const answers = ask(machine, ...asked.map(addressQuery));
      expect(answers).toHaveLength(asked.length);
      for (const answer of answers) {
        if (answer.kind !== "program") continue;
        const { at, before, why } = answer.place;
        expect(at ?? before ?? why).toBeDefined();
        for (const range of [at, before])
          if (range) expect(range.lastPc).toBeGreaterThanOrEqual(range.firstPc);
      }
    }),
  );
});
