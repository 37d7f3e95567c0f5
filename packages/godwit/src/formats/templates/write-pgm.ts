import {
  type Column,
  type Constraint,
  type Default,
  type Index,
  type SchemaTemplate,
  type Table,
  touchedTables,
} from './description.js'
import { listText, objectText, stringText } from './js-text.js'
import { headline } from './mark.js'

type Properties = [key: string, value: string][]

/**
 * A schema as a node-pg-migrate module that uses its builder.
 *
 * @param language `esm` and `cjs` are JavaScript
 */
export function writePgm(schema: SchemaTemplate, language: 'ts' | 'esm' | 'cjs'): string {
  const head = (name: 'up' | 'down', comment: readonly string[]) => {
    const lines = language === 'ts' ? comment : [...comment, "@param {import('node-pg-migrate').MigrationBuilder} pgm"]
    const doc = lines.length === 0 ? '' : `/**\n${lines.map((line) => ` * ${line}\n`).join('')} */\n`
    if (language === 'ts') return `${doc}export function ${name}(pgm: MigrationBuilder): void {`
    return `${doc}${language === 'cjs' ? 'exports.' : 'export const '}${name} = (pgm) => {`
  }
  return `${language === 'ts' ? "import type { MigrationBuilder } from 'node-pg-migrate'\n\n" : ''}${head('up', [headline(schema)])}
${[...schema.tables.map(tableText), touchText(schema), ...schema.data.map(sqlText)].join('\n\n')}
}

${head('down', [])}
${schema.tables
  .map(({ name }) => `  pgm.dropTable(${stringText(name)})\n`)
  .toReversed()
  .join('')}  pgm.dropFunction(${stringText(schema.touch.function)}, [])
}
`
}

function tableText({ name, columns, constraints = [], indexes = [] }: Table): string {
  const lines = columns.map((column) => {
    const before = `    ${column.name}: `
    return `${before}${objectText(columnProperties(column), before, 4)},\n`
  })
  return [
    `  pgm.createTable(${stringText(name)}, {\n${lines.join('')}  })`,
    ...constraints.map((constraint) => constraintText(name, constraint)),
    ...indexes.map((index) => indexText(name, index)),
  ].join('\n')
}

function columnProperties(column: Column): Properties {
  const { type, references, check, comment } = column
  const properties: Properties = [['type', stringText(type)]]
  if (column.primaryKey) properties.push(['primaryKey', 'true'])
  if (column.notNull) properties.push(['notNull', 'true'])
  if (column.unique) properties.push(['unique', 'true'])
  if (column.default !== undefined) properties.push(['default', defaultText(column.default)])
  if (references !== undefined)
    properties.push(['references', stringText(references.table)], ['onDelete', stringText(references.onDelete)])
  if (check !== undefined) properties.push(['check', stringText(check)])
  if (comment !== undefined) properties.push(['comment', stringText(comment)])
  return properties
}

function defaultText(value: Default): string {
  if (typeof value === 'object') return `pgm.func(${stringText(value.sql)})`
  return typeof value === 'string' ? stringText(value) : String(value)
}

function constraintText(table: string, constraint: Constraint): string {
  const rule: Properties =
    'check' in constraint ? [['check', stringText(constraint.check)]] : [['unique', listText(constraint.unique)]]
  return call('addConstraint', [stringText(table), stringText(constraint.name)], rule)
}

function indexText(table: string, { name, on, unique, where }: Index): string {
  const [only = '', ...others] = on
  const options: Properties = [['name', stringText(name)]]
  if (unique) options.push(['unique', 'true'])
  if (where !== undefined) options.push(['where', stringText(where)])
  return call('createIndex', [stringText(table), others.length === 0 ? stringText(only) : listText(on)], options)
}

function touchText(schema: SchemaTemplate): string {
  const { touch } = schema
  return `  pgm.createFunction(
    ${stringText(touch.function)},
    [],
    { returns: 'trigger', language: 'plpgsql' },
    ${stringText(touch.body)},
  )
  for (const table of ${listText(touchedTables(schema))}) {
    pgm.createTrigger(table, \`\${table}_${touch.function}\`, {
      when: 'BEFORE',
      operation: 'UPDATE',
      level: 'ROW',
      function: ${stringText(touch.function)},
    })
  }`
}

function sqlText(statement: string): string {
  const text = statement.replace(/[\\`]|\$\{/g, '\\$&')
  return `  pgm.sql(\`\n${text.replaceAll(/^/gm, '    ')}\n  \`)`
}

function call(method: string, given: readonly string[], last: Properties): string {
  const before = `  pgm.${method}(${given.join(', ')}, `
  return `${before}${objectText(last, before, 2)})`
}
