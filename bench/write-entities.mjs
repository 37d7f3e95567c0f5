import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const types = ['varchar', 'integer', 'boolean', 'text', 'numeric', 'timestamptz', 'jsonb']

/** A TypeORM project of so many entities, as a compiler writes them: ten columns, two indexes, one foreign key each. */
export function writeEntities(project, count) {
  mkdirSync(join(project, 'src/entities'), { recursive: true })
  mkdirSync(join(project, 'src/migrations'), { recursive: true })
  for (let n = 0; n < count; n++) writeEntity(project, n)
  writeFileSync(join(project, 'package.json'), '{ "name": "generate" }')
  writeFileSync(
    join(project, 'godwit.config.json'),
    JSON.stringify({ format: 'typeorm', typeorm: { dataSource: 'src/data-source.js', language: 'js' } }),
  )
  writeFileSync(
    join(project, 'src/data-source.js'),
    `require('reflect-metadata')
const { DataSource } = require('typeorm')
exports.AppDataSource = new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  entities: [__dirname + '/entities/*.js'],
  migrations: [__dirname + '/migrations/*.js'],
})
`,
  )
}

/** @param more a further column */
export function writeEntity(project, n, more = '') {
  const columns = types.map((type, i) =>
    column(n, `c${i}`, `(0, t.Column)({ type: '${type}', nullable: ${i % 2 === 1} })`),
  )
  const parent =
    n === 0
      ? ''
      : column(n, 'parent', `(0, t.ManyToOne)(() => require('./e${n - 1}').E${n - 1}, { onDelete: 'CASCADE' })`)
  writeFileSync(
    join(project, `src/entities/e${n}.js`),
    `const t = require('typeorm')
function decorate(decorators, target, key) {
  for (const each of decorators.reverse()) target = each(target, key) || target
  return target
}
let E${n} = class E${n} {}
exports.E${n} = E${n}
${column(n, 'id', '(0, t.PrimaryGeneratedColumn)()')}
${columns.join('\n')}
${column(n, 'a', `(0, t.Index)(), (0, t.Column)({ type: 'integer' })`)}
${column(n, 'b', `(0, t.Index)({ unique: true }), (0, t.Column)({ type: 'varchar' })`)}
${parent}
${more === '' ? '' : column(n, more, `(0, t.Column)({ type: 'text', nullable: true })`)}
exports.E${n} = E${n} = decorate([(0, t.Entity)('table_${n}')], E${n})
`,
  )
}

function column(n, name, decorators) {
  return `decorate([${decorators}], E${n}.prototype, '${name}')`
}
