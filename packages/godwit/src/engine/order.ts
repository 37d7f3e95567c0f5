/**
 * The one order of migrations: by sort key, then by name, both compared by the bytes of their UTF-8 text.
 */
export function byOrder(a: { sortKey: string; name: string }, b: { sortKey: string; name: string }): number {
  return compareBytes(a.sortKey, b.sortKey) || compareBytes(a.name, b.name)
}

/** Compares two texts as their UTF-8 bytes compare, which is the order of their code points. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

// In UTF-16 a surrogate (a code point above U+FFFF) sorts before U+E000..U+FFFF; in UTF-8 it sorts behind.
function rank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800
  return unit >= 0xd800 ? unit + 0x2000 : unit
}
