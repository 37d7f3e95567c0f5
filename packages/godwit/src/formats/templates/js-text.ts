const lineWidth = 120

/** A JavaScript string literal, in the quotes that need no escaping where there are such. */
export function stringText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  return quote + text.replace(/\\/g, '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n') + quote
}

export function listText(items: readonly string[]): string {
  return `[${items.map(stringText).join(', ')}]`
}

/** An object literal on one line, or one property a line where that is too long for the line it stands in. */
export function objectText(
  properties: readonly (readonly [key: string, value: string])[],
  before: string,
  indent: number,
): string {
  const parts = properties.map(([key, value]) => `${key}: ${value}`)
  const line = `{ ${parts.join(', ')} }`
  if (`${before}${line},`.length <= lineWidth) return line
  const inner = ' '.repeat(indent + 2)
  return `{\n${parts.map((part) => `${inner}${part},\n`).join('')}${' '.repeat(indent)}}`
}
