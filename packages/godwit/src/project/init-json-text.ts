/** Where one member of a JSON object stands in its text; offsets. */
interface Member {
  key: string
  valueStart: number
  end: number
}

interface ObjectText {
  members: Member[]
  /** Of its `{`. */
  start: number
  /** Of its `}`. */
  close: number
}

/**
 * Adds members to one object of a JSON file and leaves every other character as it is: indentation, line endings and
 * order are the project's own. Members that exist are kept.
 *
 * @param text valid JSON whose top is an object
 * @param key the object to add to, made at the end when it is absent
 * @returns the text, and the keys that were added
 */
export function addMembers(
  text: string,
  key: string,
  wanted: Readonly<Record<string, string>>,
): { text: string; added: string[] } {
  const root = readObject(text, text.indexOf('{'))
  const style = styleOf(text, root)
  const at = root.members.find((member) => member.key === key)
  if (at === undefined) {
    const pairs = Object.entries(wanted)
    const inner = pairs.map(([name, value]) => `${style.pad(2)}${pair(name, value)}`)
    const value = `{${style.eol}${inner.join(`,${style.eol}`)}${style.eol}${style.pad(1)}}`
    return { text: append(text, root, [`${JSON.stringify(key)}: ${value}`], 1, style), added: Object.keys(wanted) }
  }
  if (text[at.valueStart] !== '{') return { text, added: [] }
  const object = readObject(text, at.valueStart)
  const known = new Set(object.members.map((member) => member.key))
  const missing = Object.entries(wanted).filter(([name]) => !known.has(name))
  const lines = missing.map(([name, value]) => pair(name, value))
  return { text: append(text, object, lines, 2, style), added: missing.map(([name]) => name) }
}

interface Style {
  eol: string
  pad: (depth: number) => string
}

function styleOf(text: string, root: ObjectText): Style {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const indent = /^\s*?\r?\n([ \t]+)/.exec(text.slice(root.start + 1, root.close))?.[1] ?? '  '
  return { eol, pad: (depth) => indent.repeat(depth) }
}

function append(text: string, object: ObjectText, lines: readonly string[], depth: number, style: Style): string {
  if (lines.length === 0) return text
  const last = object.members.at(-1)
  if (last === undefined) {
    const body = lines.map((line) => style.pad(depth) + line).join(`,${style.eol}`)
    const filled = `{${style.eol}${body}${style.eol}${style.pad(depth - 1)}}`
    return text.slice(0, object.start) + filled + text.slice(object.close + 1)
  }
  const onOneLine = !text.slice(object.start, object.close).includes('\n')
  const gap = onOneLine ? ' ' : style.eol + style.pad(depth)
  return text.slice(0, last.end) + lines.map((line) => `,${gap}${line}`).join('') + text.slice(last.end)
}

function pair(name: string, value: string): string {
  return `${JSON.stringify(name)}: ${JSON.stringify(value)}`
}

function readObject(text: string, start: number): ObjectText {
  const members: Member[] = []
  let at = skipSpace(text, start + 1)
  while (text[at] === '"') {
    const keyEnd = endOfValue(text, at)
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1)
    const end = endOfValue(text, valueStart)
    members.push({ key: JSON.parse(text.slice(at, keyEnd)) as string, valueStart, end })
    at = skipSpace(text, end)
    if (text[at] === ',') at = skipSpace(text, at + 1)
  }
  return { members, start, close: at }
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (/\s/.test(text[at] ?? '')) at++
  return at
}

function endOfValue(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const character = text[at] as string
    if (character === '"') {
      at = endOfString(text, at) - 1
      if (depth === 0) return at + 1
    } else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') {
      if (depth === 0) return at
      if (--depth === 0) return at + 1
    } else if (depth === 0 && /[,\s]/.test(character)) return at
  }
  return text.length
}

function endOfString(text: string, from: number): number {
  let at = from + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}
