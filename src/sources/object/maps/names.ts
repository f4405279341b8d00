/** Names as the kernel shows them, byte text (libbpf libbpf.c:bpf_object__new, internal_map_name). */

/** BPF_OBJ_NAME_LEN without the NUL. */
const NAME_LENGTH = 15;
/** So many characters are kept for the section's name, even where it has fewer. */
const MIN_SECTION_LENGTH = 7;

/** The kernel keeps the first 15 characters of any name. */
export function kernelName(name: string): string {
  return name.slice(0, NAME_LENGTH);
}

/** `xdp_guard` of `objects/xdp_guard.bpf.o`. */
export function objectName(label: string): string {
  const file = label.slice(label.lastIndexOf("/") + 1).slice(0, NAME_LENGTH);
  const dot = file.indexOf(".");
  return dot < 0 ? file : file.slice(0, dot);
}

/** `xdp_guar.rodata`, `.data.custom`: the object's name comes first where the section has one of the old names. */
export function dataMapName(object: string, section: string): string {
  const custom = section.indexOf(".", 1) >= 0;
  const room = NAME_LENGTH - Math.max(MIN_SECTION_LENGTH, Math.min(section.length, NAME_LENGTH));
  const prefix = custom ? "" : object.slice(0, room);
  return kernelName(prefix + section).replace(/[^0-9A-Za-z_.]/g, "_");
}
