/** `--btf FILE --type TYPE --key-type TYPE`: types for maps that have none, or others than they have. */
import type { Btf } from "../../btf/btf.ts";
import { findType } from "../../btf/find.ts";
import { notFoundError } from "../../errors.ts";
import type { MapTypes } from "../../model/map-plans.ts";
import type { MapRecord } from "../../model/records.ts";
import type { Registry } from "../../model/registry.ts";
import { readBtfFile } from "../../sources/btf-file.ts";
import type { Context } from "../context.ts";
import { usageError } from "../usage.ts";

/** The types of each map: from the file, else from the map's own BTF, else from the kernel's. */
export function lentTypes(registry: Registry, { options }: Context): (map: MapRecord) => MapTypes {
  const { btf: file, type: valueType, "key-type": keyType } = options.own;
  if (valueType === undefined)
    throw usageError("--btf and --key-type want the type of the values, too: --type 'struct x'");
  const lent = file === undefined ? undefined : readBtfFile(file, baseOf(options.baseBtf));
  return (map) => {
    const btf = lent ?? registry.btf(map.btfId) ?? registry.kernelBtf();
    return {
      btf,
      keyTypeId: keyType === undefined ? ownKeyType(map, btf, registry) : typeId(btf, keyType),
      valueTypeId: typeId(btf, valueType),
    };
  };
}

function baseOf(file: string | undefined): Btf | undefined {
  return file === undefined ? undefined : readBtfFile(file);
}

/** Keys keep their own type where it is in the same BTF. */
function ownKeyType(map: MapRecord, btf: Btf, registry: Registry): number {
  return btf === registry.btf(map.btfId) ? map.btfKeyTypeId : 0;
}

function typeId(btf: Btf, text: string): number {
  const id = findType(btf, text);
  if (id === undefined) throw notFoundError(`Cannot find type '${text}' in the BTF`);
  return id;
}
