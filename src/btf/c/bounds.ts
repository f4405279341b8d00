/** How much a broken or hostile BTF may ask for. TypeScript and AssemblyScript read this file: numbers only. */

/** Types that lead to one another: pointers to pointers, structs in structs. */
export const MAX_DEPTH = 512;
/** Braces in braces and parentheses in parentheses, as clang bounds them. */
export const MAX_NESTING = 256;
/** Bytes of one name; the kernel allows 512. */
export const MAX_NAME = 4096;
/** Bytes of one definition. */
export const MAX_DEFINITION = 16777216;
