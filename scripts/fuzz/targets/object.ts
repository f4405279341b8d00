/** Object files as a source: programs with all that is told of their code, maps with contents. */
import { JsonWriter } from "../../../src/json/writer.ts";
import { Registry } from "../../../src/model/registry.ts";
import { mapView, progView } from "../../../src/model/views.ts";
import { mapJson, mapPlain } from "../../../src/render/map/show.ts";
import { progJson, progPlain } from "../../../src/render/prog/show.ts";
import { objectSource } from "../../../src/sources/object/source.ts";
import { type Input, mainFile } from "../input.ts";
import type { Probe } from "../probe.ts";
import { readCode } from "./code.ts";
import { readMap } from "./snapshot.ts";

const VIEW = { pins: false };
/** Names of one section stand in the record of each of its programs: as much may be printed of each. */
const MORE_OUTPUT = 1 << 20;

export function readObjectFile(probe: Probe, input: Input): void {
  const source = probe.attempt("objectSource()", () => objectSource(mainFile(input), "fuzz.o"));
  if (!source) return;
  const registry = new Registry(source);
  const progs = probe.attempt("object: progs()", () => [...registry.progs()]) ?? [];
  const maps = probe.attempt("object: maps()", () => [...registry.maps()]) ?? [];
  probe.text(
    "object: prog show",
    (sink) => {
      for (const prog of progs) progPlain(sink, progView(registry, prog, VIEW));
    },
    MORE_OUTPUT,
  );
  probe.json(
    "object: prog show, JSON",
    (sink) => {
      const json = new JsonWriter(sink).startArray();
      for (const prog of progs) progJson(json, progView(registry, prog, VIEW));
      json.endArray();
    },
    { more: MORE_OUTPUT },
  );
  probe.text("object: map show", (sink) => {
    for (const map of maps) mapPlain(sink, mapView(registry, map, VIEW));
  });
  probe.json("object: map show, JSON", (sink) => {
    const json = new JsonWriter(sink).startArray();
    for (const map of maps) mapJson(json, mapView(registry, map, VIEW));
    json.endArray();
  });
  const { littleEndian } = source.host();
  for (const prog of progs) {
    const code = probe.attempt("object: code()", () => source.code(prog));
    const btf = probe.attempt("object: btf()", () => registry.btf(prog.btfId));
    if (code) readCode(probe, code, btf, littleEndian);
  }
  for (const map of maps) readMap(probe, registry, map);
  probe.attempt("object: btfs()", () => [...source.btfs()].map((btf) => source.btfBytes(btf)));
  probe.attempt("object: warnings()", () => source.warnings());
}
