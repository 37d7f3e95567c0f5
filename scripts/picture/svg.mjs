const size = 13
const advance = 7.8
const lineHeight = 19
const margin = 18
const bar = 30

/** Of the sixteen colours those that are used; on a dark window that stands out on a light page and on a dark one. */
const colours = {
  1: '#ff7b72',
  2: '#56d364',
  3: '#e3b341',
  4: '#79c0ff',
  5: '#d2a8ff',
  6: '#56d4dd',
  7: '#e6edf3',
  8: '#8b949e',
}

/**
 * A window with lines of text, as SVG. Text stays text; every piece says how wide it is, so that columns stand below each other in
 * whatever font the reader has.
 *
 * @param {Awaited<ReturnType<typeof import('./terminal.mjs').recorded>>} lines
 * @param {{ columns: number, title: string, description: string }} about
 * @returns {string}
 */
export function svgOf(lines, { columns, title, description }) {
  const width = Math.ceil(columns * advance + 2 * margin)
  const height = bar + lines.length * lineHeight + margin
  const rows = lines.flatMap((pieces, at) => pieces.map((piece) => textOf(piece, bar + (at + 1) * lineHeight - 5)))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>
<style>text { font: ${size}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; white-space: pre; fill: #e6edf3 } .b { font-weight: 700 } .d { fill: #9aa4af }</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="9" fill="#0d1117" stroke="#484f58"/>
<circle cx="20" cy="17" r="5.5" fill="#ff5f57"/><circle cx="39" cy="17" r="5.5" fill="#febc2e"/><circle cx="58" cy="17" r="5.5" fill="#28c840"/>
${rows.filter(Boolean).join('\n')}
</svg>
`
}

function textOf({ text, colour, bold, dim, column }, y) {
  const trimmed = text.trimEnd()
  if (trimmed === '') return ''
  const lead = trimmed.length - trimmed.trimStart().length
  const x = round(margin + (column + lead) * advance)
  const classes = [bold && 'b', dim && 'd'].filter(Boolean).join(' ')
  const fill = dim ? undefined : (colours[colour] ?? colours[colour - 8])
  const look = [classes && ` class="${classes}"`, fill && ` style="fill: ${fill}"`].filter(Boolean).join('')
  const shown = trimmed.trimStart()
  return `<text x="${x}" y="${y}" textLength="${round(shown.length * advance)}"${look}>${escaped(shown)}</text>`
}

const round = (number) => Math.round(number * 10) / 10

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
