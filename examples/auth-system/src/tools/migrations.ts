import { relative } from 'node:path'
import type { Project } from 'godwit'

const usage = `npx ts-node src/tools/migrations.ts <command>

  create <migration-name>   write a new migration to migrations/
  auth                      write a migration with the whole authentication system
  migrate                   run all pending migrations
  status                    which migrations have been executed, and which are pending
  rollback                  undo the most recent one
`

const commands: Record<string, (project: Project, name: string | undefined) => Promise<void>> = {
  create: (project, name) => write(project, name ?? fail('Which name? create <migration-name>')),
  auth: (project) => write(project, 'auth-system', 'auth'),

  async migrate(project) {
    const { steps, error } = await project.up()
    for (const { name, outcome } of steps) if (outcome !== 'failed') console.log(`executed  ${name}`)
    if (error !== undefined) throw error
    if (steps.length === 0) console.log('Nothing is pending.')
  },

  async status(project) {
    const { migrations } = await project.status()
    for (const { name, state } of migrations) console.log(`${state === 'applied' ? 'executed' : state}  ${name}`)
    const count = (wanted: string) => migrations.filter(({ state }) => state === wanted).length
    console.log(`${count('applied')} executed, ${count('pending')} pending`)
  },

  async rollback(project) {
    const { steps, error } = await project.down()
    for (const { name, outcome } of steps) if (outcome !== 'failed') console.log(`rolled back  ${name}`)
    if (error !== undefined) throw error
    if (steps.length === 0) console.log('Nothing was executed.')
  },
}

async function write(project: Project, name: string, template?: string): Promise<void> {
  const { files } = await project.create(name, template === undefined ? {} : { template })
  for (const { path } of files) console.log(`created  ${relative(project.folder, path)}`)
}

function fail(reason: string): never {
  throw new Error(`${reason}\n\n${usage}`)
}

async function main([command = '', name]: string[]): Promise<void> {
  const run = commands[command] ?? fail(command === '' ? 'Which command?' : `There is no command '${command}'.`)
  // Godwit is an ES module, and this file is compiled to CommonJS.
  const { openProject } = await import('godwit')
  await run(await openProject(), name)
}

main(process.argv.slice(2)).catch((error: Error & { code?: string; hint?: string; exitCode?: number }) => {
  console.error([error.message, error.hint].filter(Boolean).join('\n'))
  process.exitCode = error.exitCode ?? 2
})
