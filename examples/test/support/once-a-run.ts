import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inject } from 'vitest'

/**
 * Makes something that is the same for all test files, in a folder that goes with the run: who asks first makes it, the others wait
 * for it. Whoever writes into it takes a copy.
 *
 * @param name what the folder is called
 * @param make gets the folder, empty; ends when what it holds is whole
 * @returns the folder
 * @throws what `make` threw, whoever called it
 */
export async function onceARun(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(inject('shared'), name)
  const outcome = join(inject('shared'), `${name}.outcome`)
  if (await isFirst(folder)) {
    const problem = await make(folder).then(
      () => '',
      (error) => `${error?.stack ?? error}`,
    )
    await writeFile(outcome, `${problem}\n`)
  }
  for (;;) {
    const problem = await readFile(outcome, 'utf8').catch(() => '')
    if (problem.endsWith('\n')) {
      if (problem !== '\n') throw new Error(problem)
      return folder
    }
    await sleep(100)
  }
}

async function isFirst(folder: string): Promise<boolean> {
  try {
    await mkdir(folder)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
