import { shellWord } from '../../error-table/shell-word.js'

const NOT_REPEATED = new Set(['--dry-run', '--json', '--yes', '-y', '--verbose', '-v', '--quiet', '-q'])
const WITH_SECRET = new Set(['--database-url', '--password'])

/**
 * The command line that was typed, to be suggested again: what chose the migrations stays, `plan` becomes what it
 * planned, and a database URL is not repeated.
 */
export function sameCommand(args: readonly string[] = process.argv.slice(2)): string {
  const words: string[] = []
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string
    if (NOT_REPEATED.has(word)) continue
    if (WITH_SECRET.has(word)) {
      words.push(word, '…')
      i++
    } else words.push(/^--(database-url|password)=/.test(word) ? word.replace(/=.*/s, '=…') : shellWord(word))
  }
  if (words[0] === 'plan') words.splice(0, 1, ...(words[1] === 'up' || words[1] === 'down' ? [] : ['up']))
  return ['godwit', ...words].join(' ')
}

/** What each verb, or one of its aliases, may be suggested again in the place of. */
const STANDS_FOR: Readonly<Record<string, readonly string[]>> = {
  up: ['up'],
  migrate: ['up'],
  run: ['up'],
  deploy: ['up'],
  down: ['down'],
  revert: ['down'],
  rollback: ['down'],
  // What it undoes is applied still when its way back failed; when its up failed, `up` goes on.
  redo: ['redo', 'down'],
  reset: ['reset'],
  protect: ['protect'],
}

const COMMAND = /godwit (up|down|redo|reset|protect)(?: --off)?(( --[a-z-]+)(?: [^ -]\S*)?)?$/

/**
 * A hint whose command is the one that was typed, so that following it means what was meant: `godwit up
 * --allow-out-of-order` becomes `godwit up --only x --allow-out-of-order`.
 */
export function hintHere(hint: string, args: readonly string[] = process.argv.slice(2)): string {
  return hint.replace(COMMAND, (whole, verb: string, added: string | undefined, flag: string | undefined) => {
    if (!STANDS_FOR[args[0] ?? '']?.includes(verb)) return whole
    return sameCommand(without(args, flag?.trim())) + (added ?? '')
  })
}

function without(args: readonly string[], flag: string | undefined): string[] {
  if (flag === undefined) return [...args]
  return args.filter((word, i) => word !== flag && !(args[i - 1] === flag && !word.startsWith('-')))
}
