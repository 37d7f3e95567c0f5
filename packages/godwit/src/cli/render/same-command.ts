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

const VERBS = /^(up|migrate|run|deploy|down|revert|rollback|redo|reset|protect)$/

/**
 * A hint whose command is the one that was typed, so that following it means what was meant: `godwit up
 * --allow-out-of-order` becomes `godwit up --only x --allow-out-of-order`.
 */
export function hintHere(hint: string, args: readonly string[] = process.argv.slice(2)): string {
  if (!VERBS.test(args[0] ?? '')) return hint
  return hint.replace(
    /godwit (?:up|down|redo|reset|protect(?: --off)?)(?=( --(?:yes|allow-out-of-order|confirm \S+|wait \S+|statement-timeout \S+))?$)/,
    () => sameCommand(args),
  )
}
