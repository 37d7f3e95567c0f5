import { expect, test } from 'vitest'
import { readShell } from './shell.js'

test.each<[string, string[][], string[]?]>([
  ['npx godwit up   # apply', [['npx', 'godwit', 'up']]],
  ['a b && c | d; e\nf', [['a', 'b'], ['c'], ['d'], ['e'], ['f']]],
  ['npm install a \\\n  b', [['npm', 'install', 'a', 'b']]],
  [`up 'my migration' "and #this" x#y`, [['up', 'my migration', 'and #this', 'x#y']]],
  ['resolve <the one> --applied', [['resolve', '<the one>', '--applied']]],
  ['plan --json > plan.json 2>> log', [['plan', '--json']]],
  ['psql < a.sql', [['psql']], ['a.sql']],
  ["cat <<'EOF' > x\ngodwit nonsense\nEOF\nls", [['cat'], ['ls']]],
  ['node -e "\none\ntwo"', [['node', '-e', '\none\ntwo']]],
  ['pg_dump > backup_$(date +%Y).sql', [['pg_dump']]],
])('%s', (text, words, reads = []) => {
  const commands = readShell(text)
  expect(commands.map((command) => command.words)).toEqual(words)
  expect(commands.flatMap((command) => command.reads)).toEqual(reads)
})
