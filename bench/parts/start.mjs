import { godwitCli } from '../tools.mjs'

/** What it costs to start: `godwit --help` beside a Node that does nothing. */
export function startPairs() {
  return [
    {
      name: 'godwit --help',
      floor: 'node -e 0',
      target: 1.5,
      floorProgram: () => ({ argv: [process.execPath, '-e', '0'] }),
      program: () => ({ argv: [process.execPath, godwitCli, '--help'] }),
    },
  ]
}
