import type { SchemaTemplate } from './description.js'

/** What every file begins with that a template wrote, so that it is found again. */
export function markOf({ name }: Pick<SchemaTemplate, 'name'>): string {
  return `\`godwit create --template ${name}\``
}

/** The sentence at the head of such a file. */
export function headline(schema: SchemaTemplate): string {
  return `${schema.title}, as ${markOf(schema)} writes it.`
}
