import { describe, expect, test } from "vitest";
import { tokenJson, tokenPlain } from "../../src/render/token/show.ts";
import { readTokens } from "../../src/sources/live/tokens.ts";
import type { Syscalls } from "../../src/sys/syscalls.ts";
import { jsonText, plainText } from "../support/rendered.ts";

const MOUNTS = [
  "proc /proc proc rw,delegate_cmds=any 0 0",
  "bpf /sys/fs/bpf bpf rw,nosuid,mode=700 0 0",
  "bpf /mnt/a\\040b bpf rw,delegate_cmds=map_create:prog_load,delegate_maps=hash:array:percpu_array:lru_hash:queue,delegate_progs=xdp 0 0",
  "none /mnt/any bpf rw,delegate_attachs=any",
  "short",
  "",
].join("\n");

const sys = (mounts: string | undefined) => ({ readText: () => mounts }) as unknown as Syscalls;

describe("token show", () => {
  const tokens = readTokens(sys(MOUNTS));

  test("plain: what bpftool 7.8.0 printed for these mounts", () => {
    expect(
      plainText((out) => {
        for (const token of tokens) tokenPlain(out, token);
      }),
    ).toBe(
      `token_info  /mnt/a b
	allowed_cmds:
	  map_create          prog_load           
	allowed_maps:
	  hash                array               percpu_array        lru_hash            
	  queue               
	allowed_progs:
	  xdp                 
	allowed_attachs:
token_info  /mnt/any
	allowed_cmds:
	allowed_maps:
	allowed_progs:
	allowed_attachs:
	  any                 
`,
    );
  });

  test("JSON", () => {
    const [first] = tokens;
    expect(
      jsonText((json) => {
        if (first) tokenJson(json, first);
      }),
    ).toBe(
      '{"token_info":"/mnt/a b","allowed_cmds":["map_create","prog_load"],"allowed_maps":["hash","array","percpu_array","lru_hash","queue"],"allowed_progs":["xdp"],"allowed_attachs":[]}',
    );
  });

  test("without mounts there are none", () => expect(readTokens(sys(undefined))).toEqual([]));
});
