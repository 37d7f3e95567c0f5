import type { SchemaTemplate } from './description.js'
import { headline } from './mark.js'
import { downStatements, upStatements } from './statements.js'

/** A schema as plain SQL: a script, and the one that takes it away. */
export function writeSql(schema: SchemaTemplate): { up: string; down: string } {
  return {
    up: `-- ${headline(schema)}\n\n${script(upStatements(schema))}`,
    down: `-- ${schema.title}: the way back. Its data goes with it.\n\n${script(downStatements(schema))}`,
  }
}

/** The same as one file with node-pg-migrate's two sections. */
export function writeSections(schema: SchemaTemplate): string {
  const { up, down } = writeSql(schema)
  return `-- Up Migration\n${up}\n-- Down Migration\n${down}`
}

// What belongs to the statement before it stands right behind it.
const belongs = /^(?:COMMENT|CREATE (?:UNIQUE )?INDEX|CREATE TRIGGER|DROP)/

function script(statements: readonly string[]): string {
  return statements
    .map((statement, index) => `${index === 0 || belongs.test(statement) ? '' : '\n'}${statement};\n`)
    .join('')
}
