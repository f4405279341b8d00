/** Changes in JSON output that leave every other byte as it is. */

type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/**
 * The document after `edit` was given every object of its outermost array, or the one object that it is. Throws
 * unless the document is, byte for byte, what its layout makes of its values: so nothing else can change.
 */
export function editObjects(document: string, edit: (object: JsonObject) => void): string {
  if (!/^[[{]/.test(document)) return document;
  const root: Json = JSON.parse(document);
  const layout = document.includes("\n    ") ? pretty : compact;
  if (layout(root) !== document) throw new Error(`JSON in an unknown layout: ${document.slice(0, 200)}`);
  for (const item of Array.isArray(root) ? root : [root]) {
    if (typeof item === "object" && item !== null && !Array.isArray(item)) edit(item);
  }
  return layout(root);
}

function compact(root: Json): string {
  return `${JSON.stringify(root)}\n`;
}

/** bpftool's indented form: keys and closing brackets on lines of their own, array elements not. */
function pretty(root: Json): string {
  return `${indented(root, 0)}\n`;
}

function indented(value: Json, depth: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const newline = `\n${"    ".repeat(depth)}`;
  if (Array.isArray(value)) {
    const items = value.map((item) => indented(item, depth + 1));
    return items.length > 0 ? `[${items.join(",")}${newline}]` : "[]";
  }
  const fields = Object.entries(value).map(
    ([key, field]) => `${newline}    ${JSON.stringify(key)}: ${indented(field, depth + 1)}`,
  );
  return fields.length > 0 ? `{${fields.join(",")}${newline}}` : "{}";
}
