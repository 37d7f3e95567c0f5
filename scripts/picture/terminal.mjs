import { spawnSync } from 'node:child_process'
import xterm from '@xterm/headless'

/**
 * What commands leave on a terminal.
 *
 * @param {{ line: string, expected?: number }[]} session what is typed, and the exit code it is to end with (default: 0)
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, columns: number }} options
 * @returns {Promise<{ text: string, colour: number | undefined, bold: boolean, dim: boolean, column: number }[][]>} lines of
 *   pieces of one look; `colour`: of the sixteen, or the terminal's own
 */
export async function recorded(session, { cwd, env, columns }) {
  const terminal = new xterm.Terminal({ cols: columns, rows: 200, allowProposedApi: true })
  const write = (text) => new Promise((done) => terminal.write(text, done))
  for (const [at, { line, expected = 0 }] of session.entries()) {
    await write(`${at === 0 ? '' : '\r\n'}\x1b[1;32m$\x1b[0m \x1b[1m${line}\x1b[0m\r\n`)
    await write(onTerminal(line, expected, { cwd, env, columns }))
  }
  return linesOf(terminal)
}

// `script` (of util-linux) lends a terminal; colours and the lines of progress are for terminals only.
function onTerminal(line, expected, { cwd, env, columns }) {
  const { status, stdout } = spawnSync('script', ['-qec', `stty cols ${columns}; ${line}`, '/dev/null'], { cwd, env })
  if (status !== expected) throw new Error(`${line} ended with ${status}, not ${expected}\n${stdout}`)
  return stdout
}

function linesOf({ buffer: { active } }) {
  const lines = Array.from({ length: active.length }, (_, at) => piecesOf(active.getLine(at)))
  return lines.slice(0, lines.findLastIndex((pieces) => pieces.length > 0) + 1)
}

function piecesOf(line) {
  const pieces = []
  for (let column = 0; column < line.translateToString(true).length; column++) {
    const cell = line.getCell(column)
    const look = {
      colour: cell.isFgPalette() ? cell.getFgColor() : undefined,
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
    }
    const last = pieces.at(-1)
    const same = last && last.colour === look.colour && last.bold === look.bold && last.dim === look.dim
    if (same) last.text += cell.getChars() || ' '
    else pieces.push({ ...look, column, text: cell.getChars() || ' ' })
  }
  return pieces
}
