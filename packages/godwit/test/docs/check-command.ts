import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { globSync } from 'tinyglobby'
import { root } from '../../../../scripts/markdown.mjs'
import { SCRIPTS } from '../../src/project/init.js'
import { refusalOf, typedRefusal } from './godwit-command.js'
import { packageProblem } from './packages.js'
import type { ShellCommand } from './shell.js'

/** Programs of other people, whose arguments are theirs. */
const others =
  'cat chmod cp createdb curl docker docker-compose echo export git java kubectl ls mkdir mv node pg_dump psql rm set source tee'.split(
    ' ',
  )

/** Commands whose files must be there: which of their arguments. */
const takes: Record<string, (args: string[]) => string[]> = {
  cp: (args) => args.slice(0, -1),
  mv: (args) => args.slice(0, -1),
  node: (args) => args.slice(0, 1),
  'ts-node': (args) => args.slice(0, 1),
  vitest: (args) => args.slice(1),
}

/** Where commands are given: it moves with `cd`, and files come to be. */
export interface Place {
  /** From the root of the repository; undefined in a project of the reader's. */
  folder: string | undefined
  /** Files that earlier commands of the page made. */
  made: Set<string>
}

/** What is wrong with a command as it stands in a page; undefined where it can be given. */
export async function commandProblem({ words, reads }: ShellCommand, place: Place): Promise<string | undefined> {
  const [program, ...args] = words.filter((word, index) => index > 0 || !/^\w+=/.test(word))
  if (program === undefined) return undefined
  if (program === '$') return 'a command stands without a prompt'
  if (program === 'godwit' || program === 'node_modules/.bin/godwit') return typedRefusal(args)
  if (program === 'cd') return move(place, args[0] ?? '')
  if (program === 'npx') return npxProblem(args, reads, place)
  if (program === 'npm' || program === 'pnpm') return managerProblem(program, args, place)
  if (program.startsWith('./')) return missing([program], place)
  if (program === '.') return undefined
  if (!others.includes(program)) return `nobody knows the program ${program}`
  if (program === 'mkdir' || program === 'cp' || program === 'mv') place.made.add(args.at(-1) ?? '')
  return missing([...(takes[program]?.(args) ?? []), ...reads], place)
}

async function npxProblem(args: string[], reads: string[], place: Place): Promise<string | undefined> {
  const [program = '', ...rest] = args.filter((arg, index) => index > 0 || arg !== '--yes')
  if (program === 'godwit') return typedRefusal(rest)
  if (!existsSync(join(root, 'node_modules/.bin', program))) return `npx knows no ${program} here`
  return missing([...(takes[program]?.(rest) ?? []), ...reads], place)
}

async function managerProblem(manager: string, args: string[], place: Place): Promise<string | undefined> {
  const [verb = '', ...rest] = args
  if (verb === 'ci' || verb === 'pack' || (manager === 'pnpm' && verb === '-r')) return undefined
  if (verb === 'install' || verb === 'i' || verb === 'add') {
    return rest
      .filter((word) => !word.startsWith('-'))
      .map(packageProblem)
      .find((problem) => problem !== undefined)
  }
  if (verb === 'uninstall' || verb === 'remove' || verb === 'exec') return undefined
  const script = verb === 'run' ? (rest[0] ?? '') : verb
  const ofNpm = verb !== 'run' && manager === 'npm' && !['test', 'start'].includes(verb)
  if (ofNpm) return `npm has no command ${verb}`
  return place.folder === undefined && script in SCRIPTS ? undefined : scriptProblem(script, rest, place)
}

async function scriptProblem(script: string, rest: string[], { folder = '' }: Place): Promise<string | undefined> {
  const scripts = (JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest).scripts ?? {}
  const text = scripts[script]
  if (text === undefined) return `${folder}/package.json has no script ${script}`
  if (!text.startsWith('godwit ')) return undefined
  const more = rest.filter((word, index) => index > 0 && word !== '--')
  return refusalOf([...text.split(' ').slice(1), ...more])
}

interface Manifest {
  scripts?: Record<string, string>
}

function move(place: Place, to: string): string | undefined {
  if (place.folder === undefined) return undefined
  const folder = join(place.folder, to)
  if (!existsSync(join(root, folder))) return `there is no folder ${folder}`
  place.folder = folder
  return undefined
}

/** Only in this repository: what a reader has is not known. */
function missing(files: string[], { folder, made }: Place): string | undefined {
  if (folder === undefined) return undefined
  const cwd = join(root, folder)
  const there = (file: string) => globSync(file, { cwd, onlyFiles: false, dot: true }).length > 0
  const wasMade = (file: string) =>
    [...made].some((each) => each === file || (each.endsWith('/') && file.startsWith(each)))
  const absent = files.find((file) => !/[<…$]|YYYY|^-/.test(file) && !wasMade(file) && !there(file))
  return absent === undefined ? undefined : `there is no ${absent} in ${folder === '' ? 'the repository' : folder}`
}
