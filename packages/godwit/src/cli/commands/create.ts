import { relative } from 'node:path'
import { GodwitError } from '../../errors.js'
import { openProject } from '../../project/open.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { shownPath } from '../render/error.js'

interface Flags extends CommonFlags {
  name?: string
  template?: string
}

/** `godwit create <name>`: a migration in the project's format, empty or from a template. */
export async function create(context: CommandContext<Flags>, argument?: string): Promise<number> {
  const name = argument ?? context.flags.name
  if (name === undefined) throw new GodwitError('GODWIT_NAME_NEEDED', { command: 'create' })
  const project = await openProject(context.projectOptions())
  const template = context.flags.template ?? context.flags.templateFileName
  const made = await project.create(name, {
    ...(template === undefined ? {} : { template }),
    dryRun: context.flags.dryRun ?? false,
  })
  const notes = made.notes ?? []
  context.output.document({
    name: made.name,
    files: made.files.map((file) => relative(project.folder, file.path)),
    ...(notes.length === 0 ? {} : { notes }),
  })
  for (const { path, replaces } of made.files) {
    const [did, would] = replaces === undefined ? ['wrote', 'would write'] : ['changed', 'would change']
    context.output.say(`${context.flags.dryRun ? would : did} ${shownPath(path)}`)
  }
  for (const note of notes) context.output.say(note)
  const look = `${template === undefined ? 'Write' : 'Look over'} what it does`
  context.output.say(made.listed ? `${look}, then: godwit up` : `${look}.`)
  return 0
}
