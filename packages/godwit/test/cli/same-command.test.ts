import { expect, test } from 'vitest'
import { hintHere, sameCommand } from '../../src/cli/render/same-command.js'

test.each([
  [['plan'], 'godwit up'],
  [['plan', 'up', '--step', '1'], 'godwit up --step 1'],
  [['plan', 'down', '--to', '1_a', '--json'], 'godwit down --to 1_a'],
  [['up', '--dry-run', '--allow-out-of-order'], 'godwit up --allow-out-of-order'],
  [['up', '--only', "it's"], `godwit up --only 'it'\\''s'`],
  [['up', '--database-url', 'postgres://u:secret@h/d'], 'godwit up --database-url …'],
  [['up', '--database-url=postgres://u:secret@h/d'], 'godwit up --database-url=…'],
])('%j is suggested again as %s', (args, command) => {
  expect(sameCommand(args)).toBe(command)
})

test.each([
  [['up', '--only', 'b'], 'If so: godwit up --allow-out-of-order', 'If so: godwit up --only b --allow-out-of-order'],
  [['migrate', '--step', '2'], 'then: godwit up', 'then: godwit migrate --step 2'],
  [['down', '--all'], 'If so: godwit down --confirm app', 'If so: godwit down --all --confirm app'],
  [['reset', '--drop'], 'If so: godwit reset --yes', 'If so: godwit reset --drop --yes'],
  [['reset', '--yes'], 'Mend the file, then: godwit up', 'Mend the file, then: godwit up'],
  [['redo'], 'Mend its way back, then: godwit down', 'Mend its way back, then: godwit redo'],
  [
    ['up', '--statement-timeout', '1s'],
    'Allow more: godwit up --statement-timeout 5m',
    'Allow more: godwit up --statement-timeout 5m',
  ],
  [['status'], 'then: godwit up', 'then: godwit up'],
])('after %j the way out "%s" is "%s"', (args, hint, here) => {
  expect(hintHere(hint, args)).toBe(here)
})
