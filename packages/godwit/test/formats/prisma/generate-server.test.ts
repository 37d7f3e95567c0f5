import { describe, test } from 'vitest'
import { corpus } from './support/corpus.js'
import { playChange } from './support/play-change.js'
import { serverSandbox } from './support/sandbox.js'

describe('generate → apply → nothing more → undo → apply again, byte for byte as Prisma', () => {
  for (const change of corpus) test(change.name, async () => playChange(change, await serverSandbox(18)))
})
