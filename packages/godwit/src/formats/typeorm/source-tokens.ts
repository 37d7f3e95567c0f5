/** One token of a JavaScript or TypeScript text. A bracketed group is one token. */
export interface Token {
  /** `string`: a literal without substitutions; `template`: one with them. */
  kind: 'word' | 'string' | 'template' | 'number' | 'punct' | 'group'
  /** A word, a literal's raw content, a punctuation character, or the group's opening bracket. */
  text: string
  start: number
  /** Behind the last character. */
  end: number
  /** A line break stands before it. */
  newLine: boolean
  /** What a top-level group holds; groups deeper down are skipped. */
  children?: Token[]
}

/** A text cut into tokens. */
export interface SourceTokens {
  tokens: Token[]
  /** How often the word `exports` stands in the text, at any depth. */
  exportsWords: number
}

const pairs: Record<string, string> = { ')': '(', ']': '[', '}': '{' }
// Words behind which a slash begins a regular expression.
const beforeRegex = /^(?:return|typeof|case|in|of|do|else|void|delete|throw|new|instanceof|await|yield)$/

/**
 * Cuts a JavaScript or TypeScript text into tokens, two levels of brackets deep. It is conservative: where it cannot
 * tell (a slash that may be a division or a regular expression, brackets that do not match), it gives `undefined`.
 */
export function tokensOf(source: string, from = 0, to = source.length): SourceTokens | undefined {
  const top: Token[] = []
  const open: { bracket: string; group: Token | undefined; into: Token[] | undefined }[] = []
  let into: Token[] | undefined = top
  let newLine = false
  let exportsWords = 0
  // The last token's range, to tell a division from a regular expression.
  let lastStart = -1
  let lastEnd = -1

  const emit = (kind: Token['kind'], start: number, end: number, text: string): Token => {
    const token: Token = { kind, text, start, end, newLine }
    newLine = false
    into?.push(token)
    return token
  }
  const seen = (start: number, end: number): void => {
    lastStart = start
    lastEnd = end
  }

  let i = from
  while (i < to) {
    const code = source.charCodeAt(i)
    if (code === 10 || code === 13) {
      newLine = true
      i++
    } else if (code === 32 || code === 9 || code === 0xfeff || code === 0xa0) {
      i++
    } else if (isWordStart(code)) {
      const start = i++
      while (i < to && isWordPart(source.charCodeAt(i))) i++
      if (i - start === 7 && source.startsWith('exports', start)) exportsWords++
      if (into) emit('word', start, i, source.slice(start, i))
      seen(start, i)
    } else if (code === 34 || code === 39) {
      const end = endOfString(source, i, to)
      if (end === undefined) return undefined
      if (into) emit('string', i, end, source.slice(i + 1, end - 1))
      seen(i, end)
      i = end
    } else if (code === 96) {
      const end = endOfTemplatePart(source, i + 1, to)
      if (end === undefined) return undefined
      if (source[end - 1] === '`') {
        if (into) emit('string', i, end, source.slice(i + 1, end - 1))
        seen(i, end)
      } else {
        const group = into && emit('template', i, end, '')
        open.push({ bracket: '`', group, into })
        into = undefined
        lastStart = -1
      }
      i = end
    } else if (code === 47) {
      const next = source.charCodeAt(i + 1)
      if (next === 47) {
        const end = source.indexOf('\n', i)
        i = end < 0 ? to : end
      } else if (next === 42) {
        const end = source.indexOf('*/', i + 2)
        if (end < 0) return undefined
        if (source.slice(i, end).includes('\n')) newLine = true
        i = end + 2
      } else {
        const meaning = slashAfter(source, lastStart, lastEnd)
        const end = meaning === 'division' ? i + 1 : meaning === 'regex' ? endOfRegex(source, i, to) : undefined
        if (end === undefined) return undefined
        if (into) emit(meaning === 'division' ? 'punct' : 'number', i, end, '/')
        seen(i, end)
        i = end
      }
    } else if (code >= 48 && code <= 57) {
      const start = i++
      while (i < to && (isWordPart(source.charCodeAt(i)) || source[i] === '.')) i++
      if (into) emit('number', start, i, source.slice(start, i))
      seen(start, i)
    } else if (code === 40 || code === 91 || code === 123) {
      const bracket = source.charAt(i)
      const group = into && emit('group', i, i + 1, bracket)
      open.push({ bracket, group, into })
      if (group && into === top) into = group.children = []
      else into = undefined
      seen(i, ++i)
    } else if (code === 41 || code === 93 || code === 125) {
      const closed = open.pop()
      if (closed?.bracket === '`' && code === 125) {
        const end = endOfTemplatePart(source, i + 1, to)
        if (end === undefined) return undefined
        if (source[end - 1] === '`') {
          into = closed.into
          if (closed.group) closed.group.end = end
          seen(end - 1, end)
        } else open.push(closed)
        newLine = false
        i = end
        continue
      }
      if (closed?.bracket !== pairs[source.charAt(i)]) return undefined
      if (closed?.group) closed.group.end = i + 1
      into = closed?.into
      newLine = false
      seen(i, ++i)
    } else {
      if (into) emit('punct', i, i + 1, source.charAt(i))
      seen(i, ++i)
    }
  }
  return open.length === 0 ? { tokens: top, exportsWords } : undefined
}

function isWordStart(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    code === 95 ||
    code === 36 ||
    code === 35 ||
    (code >= 0x80 && code !== 0x2028 && code !== 0x2029)
  )
}

function isWordPart(code: number): boolean {
  return (code >= 48 && code <= 57) || (isWordStart(code) && code !== 35)
}

function endOfString(source: string, start: number, to: number): number | undefined {
  const quote = source.charAt(start)
  for (let end = source.indexOf(quote, start + 1); end >= 0 && end < to; end = source.indexOf(quote, end + 1)) {
    if (!isEscaped(source, end)) return end + 1
  }
  return undefined
}

/** Behind the closing backtick, or behind the `${` of the next substitution. */
function endOfTemplatePart(source: string, start: number, to: number): number | undefined {
  for (let i = start; i < to; i++) {
    const code = source.charCodeAt(i)
    if (code === 92) i++
    else if (code === 96) return i + 1
    else if (code === 36 && source.charCodeAt(i + 1) === 123) return i + 2
  }
  return undefined
}

function endOfRegex(source: string, start: number, to: number): number | undefined {
  let inClass = false
  for (let i = start + 1; i < to; i++) {
    const character = source[i]
    if (character === '\n') return undefined
    if (character === '\\') i++
    else if (character === '[') inClass = true
    else if (character === ']') inClass = false
    else if (character === '/' && !inClass) return i + 1
  }
  return undefined
}

function isEscaped(source: string, at: number): boolean {
  let backslashes = 0
  while (source.charCodeAt(at - 1 - backslashes) === 92) backslashes++
  return backslashes % 2 === 1
}

function slashAfter(source: string, start: number, end: number): 'division' | 'regex' | 'unknown' {
  if (start < 0) return 'regex'
  const last = source.slice(start, end)
  if (last === ')' || last === '}' || last === '+' || last === '-') return 'unknown'
  if (last === ']' || /^["'`\d]/.test(last)) return 'division'
  if (/^[\w$\u0080-\uffff]/.test(last)) return beforeRegex.test(last) ? 'regex' : 'division'
  return 'regex'
}
