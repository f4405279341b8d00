/** BTF from a file: raw, or the .BTF section of an ELF file (libbpf btf.c:btf__parse_split). */
import { readFileSync, statSync } from "node:fs";
import { Btf } from "../btf/btf.ts";
import { relocateBtf } from "../btf/merge/relocate.ts";
import { isBtf } from "../btf/sections.ts";
import { fromByteText } from "../bytes/text.ts";
import { isElf, parseElf } from "../elf/elf.ts";
import { sectionBytes, sectionNamed } from "../elf/sections.ts";
import { errnoOf, InspectError } from "../errors.ts";
import { EINVAL, ENODATA, strerror } from "../uapi/errno.ts";

/** No kernel's BTF is as large; an ELF file with debug information may be. */
const MAX_SIZE = 1 << 30;
/** libbpf's own errno for what is not ELF (LIBBPF_ERRNO__LIBELF): what a shell sees of -4000. */
const NOT_ELF_STATUS = -4001 & 0xff;

/**
 * `path` is byte text. BTF that was split from a distilled base brings that along in .BTF.base, and is moved onto
 * the `base`, if there is one.
 * Throws an io error in bpftool's words, with its exit status.
 */
export function readBtfFile(path: string, base?: Btf): Btf {
  const bytes = readWhole(path);
  if (isBtf(bytes)) return parse(path, bytes, base);
  if (!isElf(bytes)) throw fail(path, "neither BTF nor ELF", NOT_ELF_STATUS);
  const [own, distilled] = parsing(path, () => {
    const file = parseElf(bytes);
    return [".BTF", ".BTF.base"].map((name) => {
      const section = sectionNamed(file, name);
      return section && sectionBytes(file, section);
    });
  });
  if (!own) throw fail(path, strerror(ENODATA), -ENODATA & 0xff);
  if (!distilled) return parse(path, own, base);
  const parts = parse(path, distilled);
  const split = parse(path, own, parts);
  return base ? parsing(path, () => relocateBtf(split, parts, base)) : split;
}

function readWhole(path: string): Uint8Array {
  const name = fromByteText(path);
  try {
    const { size } = statSync(name);
    if (size > MAX_SIZE) throw fail(path, `larger than ${MAX_SIZE} bytes`);
    return readFileSync(name);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    throw fail(path, strerror(errno), -errno & 0xff);
  }
}

function parse(path: string, bytes: Uint8Array, base?: Btf): Btf {
  return parsing(path, () => new Btf(bytes, base));
}

function parsing<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InspectError)) throw error;
    throw fail(path, error.message, -EINVAL & 0xff);
  }
}

function fail(path: string, why: string, status?: number): InspectError {
  return new InspectError(
    "io",
    `failed to load BTF from ${path}: ${why}`,
    status === undefined ? {} : { status },
  );
}
