import * as c from './characters.js'

/**
 * Reads on inside an `E'…'` string. `next` is behind its closing quote when it is `closed`, else where reading goes on with
 * more input.
 */
export function readEscapeString(work: string, from: number, final: boolean): { next: number; closed: boolean } {
  for (let at = from; at < work.length; at++) {
    const code = work.charCodeAt(at)
    if (code !== c.BACKSLASH && code !== c.QUOTE) continue
    if (at + 1 === work.length && !final) return { next: at, closed: false }
    if (code === c.BACKSLASH || work.charCodeAt(at + 1) === c.QUOTE) at++
    else return { next: at + 1, closed: true }
  }
  return { next: work.length, closed: false }
}

/** Reads on inside a comment in which `depth` comments are open; at depth 0, `next` is behind its end. */
export function readComment(
  work: string,
  from: number,
  depth: number,
  final: boolean,
): { next: number; depth: number } {
  let open = depth
  for (let at = from; at < work.length; at++) {
    const code = work.charCodeAt(at)
    if (code !== c.SLASH && code !== c.STAR) continue
    if (at + 1 === work.length && !final) return { next: at, depth: open }
    const next = work.charCodeAt(at + 1)
    if (code === c.SLASH && next === c.STAR) open++
    else if (code === c.STAR && next === c.SLASH) open--
    else continue
    at++
    if (open === 0) return { next: at + 1, depth: 0 }
  }
  return { next: work.length, depth: open }
}
