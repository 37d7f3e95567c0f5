import { endOfGroup, endOfLiteral, endOfSlash } from './source-ends.js'

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

const openings = '([{'
const closings = ')]}'
// A word or a number; as a regular expression it is fast from the first file on.
const word = /\d[\w.]*|[\w$#\u0080-\u009f\u00a1-\ufefe]+/y

/**
 * Cuts a JavaScript or TypeScript text into tokens, two levels of brackets deep. It is conservative: where it cannot
 * tell (a slash that may be a division or a regular expression, brackets that do not match), it gives `undefined`.
 */
export function tokensOf(source: string, from = 0, to = source.length): Token[] | undefined {
  const text = to === source.length ? source : source.slice(0, to)
  const top: Token[] = []
  let group: Token | undefined
  let into = top
  let newLine = false
  const emit = (kind: Token['kind'], start: number, end: number, content: string): Token => {
    const token: Token = { kind, text: content, start, end, newLine }
    newLine = false
    into.push(token)
    return token
  }

  for (let i = from; i < to; ) {
    const code = text.charCodeAt(i)
    let end: number | undefined = i + 1
    if (isSpace(code)) newLine ||= code === 10 || code === 13
    else if (isWordPart(code)) {
      word.lastIndex = i
      word.test(text)
      end = word.lastIndex
      emit(code >= 48 && code <= 57 ? 'number' : 'word', i, end, text.slice(i, end))
    } else {
      end = special(i, text.charAt(i))
      if (end === undefined) return undefined
    }
    i = end
  }
  return group === undefined ? top : undefined

  /** What begins with a character that is neither space, word nor number; gives where it ends. */
  function special(start: number, character: string): number | undefined {
    if (character === '"' || character === "'" || character === '`') {
      const end = endOfLiteral(text, start)
      if (end === undefined) return undefined
      const content = text.slice(start + 1, end - 1)
      const template = character === '`' && content.includes('${')
      emit(template ? 'template' : 'string', start, end, template ? '' : content)
      return end
    }
    if (character === '/') return slash(start)
    if (openings.includes(character)) return open(start, character)
    if (closings.includes(character)) return close(start, character)
    emit('punct', start, start + 1, character)
    return start + 1
  }

  function slash(start: number): number | undefined {
    const end = endOfSlash(text, start)
    if (end === undefined) return undefined
    if (text[start + 1] === '*' || text[start + 1] === '/') {
      if (text.slice(start, end).includes('\n')) newLine = true
    } else emit(end === start + 1 ? 'punct' : 'number', start, end, '/')
    return end
  }

  function open(start: number, bracket: string): number | undefined {
    const token = emit('group', start, start + 1, bracket)
    if (group === undefined) {
      group = token
      into = group.children = []
      return start + 1
    }
    const end = endOfGroup(text, start)
    if (end !== undefined) token.end = end
    return end
  }

  function close(start: number, bracket: string): number | undefined {
    if (group === undefined || openings.indexOf(group.text) !== closings.indexOf(bracket)) return undefined
    group.end = start + 1
    group = undefined
    into = top
    newLine = false
    return start + 1
  }
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0xfeff
}

function isWordPart(code: number): boolean {
  if (code >= 97) return code <= 122 || (code >= 0x80 && code < 0xfeff)
  return (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code === 36 || code === 35
}
