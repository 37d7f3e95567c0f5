// Words behind which a slash begins a regular expression.
const beforeRegex = /^(?:return|typeof|case|in|of|do|else|void|delete|throw|new|instanceof|await|yield)$/
// What ends a line in JavaScript.
const LINE_BREAKS = '\n\r\u2028\u2029'
const lineBreak = new RegExp(`[${LINE_BREAKS}]`, 'g')
const pairs: Record<string, string> = { '(': ')', '[': ']', '{': '}' }

/**
 * Where things end in a JavaScript or TypeScript text: the index behind the end of what begins at `start`. Each gives
 * `undefined` where that cannot be told. The searching is left to regular expressions: they run at full speed from the
 * first file on.
 */

/** A literal in single or double quotes. */
export function endOfString(source: string, start: number): number | undefined {
  const quote = source.charAt(start)
  for (let end = source.indexOf(quote, start + 1); end >= 0; end = source.indexOf(quote, end + 1)) {
    if (!isEscaped(source, end)) return end + 1
  }
  return undefined
}

/** A template, with the substitutions in it. */
export function endOfTemplate(source: string, start: number): number | undefined {
  const special = /[`\\]|\$\{/g
  special.lastIndex = start + 1
  for (let match = special.exec(source); match; match = special.exec(source)) {
    if (match[0] === '`') return match.index + 1
    if (match[0] === '\\') special.lastIndex = match.index + 2
    else {
      const end = endOfGroup(source, match.index + 1)
      if (end === undefined) return undefined
      special.lastIndex = end
    }
  }
  return undefined
}

/** A group in brackets of any kind. */
export function endOfGroup(source: string, start: number): number | undefined {
  const special = /["'`/()[\]{}]/g
  special.lastIndex = start + 1
  const closers = [pairs[source.charAt(start)]]
  for (let match = special.exec(source); match; match = special.exec(source)) {
    const at = match.index
    const character = match[0]
    if (pairs[character] !== undefined) closers.push(pairs[character])
    else if (character === ')' || character === ']' || character === '}') {
      if (closers.pop() !== character) return undefined
      if (closers.length === 0) return at + 1
    } else {
      const end = character === '/' ? endOfSlash(source, at) : endOfLiteral(source, at)
      if (end === undefined) return undefined
      special.lastIndex = end
    }
  }
  return undefined
}

/** A string or a template. */
export function endOfLiteral(source: string, start: number): number | undefined {
  return source[start] === '`' ? endOfTemplate(source, start) : endOfString(source, start)
}

/** A comment, a regular expression, or a division's slash. */
export function endOfSlash(source: string, start: number): number | undefined {
  const next = source[start + 1]
  if (next === '/') {
    lineBreak.lastIndex = start
    return lineBreak.exec(source)?.index ?? source.length
  }
  if (next === '*') {
    const end = source.indexOf('*/', start + 2)
    return end < 0 ? undefined : end + 2
  }
  const meaning = meaningOfSlash(source, start)
  if (meaning === undefined) return undefined
  return meaning === 'division' ? start + 1 : endOfRegex(source, start)
}

function endOfRegex(source: string, start: number): number | undefined {
  let inClass = false
  for (let i = start + 1; i < source.length; i++) {
    const character = source[i]
    if (character === undefined || LINE_BREAKS.includes(character)) return undefined
    if (character === '\\') i++
    else if (character === '[') inClass = true
    else if (character === ']') inClass = false
    else if (character === '/' && !inClass) return i + 1
  }
  return undefined
}

/** What stands before a slash tells what it means, except behind brackets, comments and `++`. */
function meaningOfSlash(source: string, at: number): 'division' | 'regex' | undefined {
  let end = at
  while (end > 0 && /\s/.test(source.charAt(end - 1))) end--
  if (end === 0) return 'regex'
  const isBroken = source.slice(end, at).search(lineBreak) >= 0
  if (isBroken && lineBefore(source, end).includes('//')) return undefined
  const last = source.charAt(end - 1)
  if (/[)}/]/.test(last) || (/[+-]/.test(last) && source[end - 2] === last)) return undefined
  if (/[\]"'`]/.test(last)) return 'division'
  if (!/[\w$\u0080-\uffff]/.test(last)) return 'regex'
  const word = /[\w$\u0080-\uffff]+$/.exec(source.slice(Math.max(0, end - 100), end))?.[0] ?? ''
  return beforeRegex.test(word) ? 'regex' : 'division'
}

/** What stands before `end` in its line. */
function lineBefore(source: string, end: number): string {
  let start = end
  while (start > 0 && !LINE_BREAKS.includes(source.charAt(start - 1))) start--
  return source.slice(start, end)
}

function isEscaped(source: string, at: number): boolean {
  let backslashes = 0
  while (source.charCodeAt(at - 1 - backslashes) === 92) backslashes++
  return backslashes % 2 === 1
}
