import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { type Block, readBlocks } from './blocks.js'
import { commandProblem, type Place } from './check-command.js'
import { commandsIn, readYaml, unknownInputs } from './documents.js'
import { readShell } from './shell.js'

const blocks = (await readBlocks()).filter(({ language }) => language === 'sh' || language === 'yaml')
const pages = new Set(blocks.map(({ page }) => page))

test.each([...pages])('what %s has people type can be typed', async (page) => {
  const made = new Set<string>()
  const problems: string[] = []
  for (const block of blocks.filter((each) => each.page === page)) problems.push(...(await problemsOf(block, made)))
  expect(problems).toEqual([])
})

async function problemsOf(block: Block, made: Set<string>): Promise<string[]> {
  const documents = block.language === 'yaml' ? readYaml(block) : []
  const text = block.language === 'sh' ? block.text : documents.flatMap(commandsIn).join('\n')
  const place: Place = { made, folder: folderOf(block) }
  const problems = documents.flatMap(unknownInputs)
  for (const command of readShell(text)) {
    const problem = await commandProblem(command, place)
    if (problem !== undefined) problems.push(`line ${block.line}: ${command.words.join(' ')}: ${problem}`)
  }
  return problems
}

/** Pages at the top speak of this repository, those of an example of its folder, the others of a project of the reader's. */
function folderOf({ page, notes }: Block): string | undefined {
  const said = notes.find(({ kind }) => kind === 'in')?.text
  return said ?? (page.startsWith('docs/') || page.startsWith('packages/') ? undefined : dirname(page))
}
