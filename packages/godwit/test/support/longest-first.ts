import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** Files that take more than a minute, the longest first. */
const long = [
  'packages/godwit/test/databases/postgres-newer.test.ts',
  'packages/godwit/test/formats/sql/generate.test.ts',
  'examples/test/chatai-walk.test.ts',
  'packages/godwit/test/generate/typeorm-1.test.ts',
  'packages/godwit/test/generate/typeorm-0.3.test.ts',
  'examples/test/tutorials.test.ts',
  'packages/godwit/test/shadow/places.test.ts',
  'packages/godwit/test/databases/postgres-older.test.ts',
  'examples/test/chatai-checklist.test.ts',
  'packages/godwit/test/cli/init-prisma.test.ts',
  'examples/test/typeorm-backend-walk.test.ts',
  'packages/godwit/test/preflight/preflight.test.ts',
  'packages/godwit/test/databases/postgres/seeding/seeders.test.ts',
  'packages/godwit/test/databases/embedded.test.ts',
  'packages/godwit/test/databases/postgres/seeding/bad-rows.test.ts',
  'packages/godwit/test/shadow/known-major.test.ts',
].map((file) => root + file)

for (const file of long)
  if (!existsSync(file)) throw new Error(`longest-first.ts names a file that is not there: ${file}`)

/**
 * Has the workers end together. Vitest begins with what took long in the last run, or on a fresh clone with the largest files: the
 * longest tests are a few lines that hold a contract against a server.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const place = ({ moduleId }: TestSpecification) => (long.includes(moduleId) ? long.indexOf(moduleId) : long.length)
    return sorted.sort((a, b) => place(a) - place(b))
  }
}
