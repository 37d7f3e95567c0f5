import { openProject } from '../../project/open.js'
import type { CommandContext } from '../context.js'

/** `godwit validate`: checks the models. */
export async function validate(context: CommandContext): Promise<number> {
  const { output } = context
  const project = await openProject(context.projectOptions())
  const report = await project.validate()
  output.document({ valid: true, ...report })
  for (const { text, file, line, column } of report.warnings) output.tell(`warning: ${file}:${line}:${column}: ${text}`)
  output.say(`${report.files.join(', ')} ${report.files.length === 1 ? 'is' : 'are'} valid.`)
  return 0
}
