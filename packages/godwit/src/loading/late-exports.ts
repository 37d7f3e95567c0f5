/** How swc's CommonJS hands out several exports, and how a single one; both stand above all other code. */
const several = 'get: Object.getOwnPropertyDescriptor(all, name).get'
const single =
  /^(Object\.defineProperty\(exports, "[^"]+", \{\n {4}enumerable: true,\n {4}get: )(function\(\) \{\n[^\n]*\n {4}\})/m

const late = `
function _godwit_late(read) {
    return function() {
        try { return read(); } catch (error) {
            if (error instanceof ReferenceError && error.message.startsWith("Cannot access")) return undefined;
            throw error;
        }
    };
}`

/**
 * Lets a circular import read an export that is still on its way as `undefined`, as in TypeScript's own CommonJS: swc's
 * throws, so that files load under `tsc` which would not here. Lines stay as they are.
 */
export function tolerateLateExports(code: string): string {
  const tolerant = code
    .replace(several, () => several.replace('get: ', 'get: _godwit_late(').concat(')'))
    .replace(single, (_whole, opening: string, getter: string) => `${opening}_godwit_late(${getter})`)
  return tolerant === code ? code : appendCode(tolerant, late)
}

/** Appends code in front of the source map comment, which has to stay the last line. */
export function appendCode(code: string, text: string): string {
  const map = code.lastIndexOf('\n//# sourceMappingURL=')
  return map === -1 ? code + text : code.slice(0, map) + text + code.slice(map)
}
