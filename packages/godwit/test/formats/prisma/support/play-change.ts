import { join } from 'node:path'
import { expect } from 'vitest'
import { openPrismaEngine } from '../../../support/prisma-engine.js'
import type { Change } from './corpus.js'
import { GeneratedProject } from './generated-project.js'
import type { Sandbox } from './sandbox.js'

/** Generates a change, applies it, finds nothing more, undoes it and applies it again. */
export async function playChange(change: Change, sandbox: Sandbox): Promise<void> {
  const project = await GeneratedProject.make(sandbox, '')
  await project.setSchema(change.before)
  await project.generate('before')
  if (change.sql !== undefined) await project.byHand('hand', change.sql)
  await project.up()
  if (change.rows !== undefined) await project.query(change.rows)
  const before = await project.catalogue()

  await project.setSchema(change.after)
  const theirs = change.differs ? undefined : await prismasOwn(project, sandbox)
  const generated = await project.generate('change', change)
  expect(generated.unanswered).toEqual([])
  expect(generated.kept).toEqual(expect.arrayContaining(change.kept ?? []))
  const [up] = generated.migration?.files ?? []
  if (up === undefined) throw new Error('nothing was generated')
  expect(generated.migration?.notes?.filter((note) => note.includes('down.sql'))).toEqual([])
  if (theirs !== undefined) expect(up.content).toBe(theirs)

  await project.up()
  const after = await project.catalogue()
  expect(after).not.toEqual(before)
  const again = await project.generate('again')
  expect(again.statements).toEqual([])
  expect(again.migration).toBeNull()
  await project.down()
  expect(await project.catalogue()).toEqual(before)
  await project.up()
  expect(await project.catalogue()).toEqual(after)
}

/** What Prisma's engine itself writes, from the list of migrations and a shadow database of its own. */
async function prismasOwn(project: GeneratedProject, { url }: Sandbox): Promise<string | null | undefined> {
  if (url === undefined) return undefined
  const engine = await openPrismaEngine(url, join(project.folder, 'prisma/migrations'))
  return engine.createMigration([project.schemaFile])
}
