import * as c from './characters.js'

/** A part of the data that ends before `to`; `next` is where reading goes on, `closed` when the line `\.` was seen. */
export interface CopyPart {
  to: number
  next: number
  closed: boolean
}

/**
 * Finds how far the data of a COPY … FROM stdin goes in `work` from `from` on. What may be the beginning of the closing
 * line, and half a surrogate pair, wait for more input.
 *
 * @param atLineStart whether `from` begins a line
 * @param final no more input comes
 */
export function readCopyData(work: string, from: number, atLineStart: boolean, final: boolean): CopyPart {
  for (let at = from; ; ) {
    const mark = work.indexOf('\\', at)
    if (mark < 0) return wholeCharacters(work, from, final)
    at = mark + 1
    const startsLine = mark === from ? atLineStart : work.charCodeAt(mark - 1) === c.NEWLINE
    if (!startsLine) continue
    const end = closingLineEnd(work, mark)
    if (end === undefined) continue
    if (end > work.length) {
      if (final) return { to: mark, next: work.length, closed: work.charCodeAt(mark + 1) === c.DOT }
      return { to: mark, next: mark, closed: false }
    }
    return { to: mark, next: end, closed: true }
  }
}

/** Behind the closing line that begins at `mark`; above the length when more input must tell; nothing when it is data. */
function closingLineEnd(work: string, mark: number): number | undefined {
  let at = mark + 1
  if (at >= work.length) return work.length + 1
  if (work.charCodeAt(at++) !== c.DOT) return undefined
  if (work.charCodeAt(at) === c.RETURN) at++
  if (at >= work.length) return work.length + 1
  return work.charCodeAt(at) === c.NEWLINE ? at + 1 : undefined
}

function wholeCharacters(work: string, from: number, final: boolean): CopyPart {
  const last = work.charCodeAt(work.length - 1)
  const half = last >= 0xd800 && last < 0xdc00 && !final && work.length > from
  const to = half ? work.length - 1 : work.length
  return { to, next: to, closed: false }
}
