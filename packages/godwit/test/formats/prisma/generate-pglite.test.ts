import { describe, test } from 'vitest'
import { corpus } from './support/corpus.js'
import { playChange } from './support/play-change.js'
import { pgliteSandbox } from './support/sandbox.js'

describe('generate → apply → nothing more → undo → apply again, in this process', () => {
  for (const change of corpus) test(change.name, async () => playChange(change, await pgliteSandbox()))
})
