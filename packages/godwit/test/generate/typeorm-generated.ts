import { inject } from 'vitest'
import type { GenerateOptions } from '../../src/project/generate.js'
import { openProject } from '../../src/project/open.js'
import { createProject } from '../formats/typeorm/support/project.js'

const source = (entities: string) => `import * as entities from './${entities}'
import { DataSource } from 'typeorm'
export default new DataSource({ type: 'postgres', entities: Object.values(entities) as never, migrations: [__dirname + '/migrations/*.ts'] })`
const imports = `import { Column, Entity, Index, JoinTable, ManyToMany, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm'\n`

/** Generates what leads from the tables that a migration makes to the entities. */
export async function generated(tables: string, entities: string, options: GenerateOptions = {}) {
  const { dir } = createProject({
    'godwit.config.json': '{ "format": "typeorm" }',
    'src/entities.ts': imports + entities,
    'src/data-source.ts': source('entities'),
    'src/migrations/1000000000000-First.ts': `export class First1000000000000 {
  async up(runner: any) { await runner.query(\`${tables}\`) }
  async down() {}
}`,
  })
  return (await openProject({ cwd: dir, env: {} })).generate('Next', { shadow: inject('servers').pg18, ...options })
}
