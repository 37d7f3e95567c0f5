import { expect, test } from 'vitest'
import { describeMongo } from '../../packages/godwit/test/support/mongodb.js'
import { cloneExample } from './support/telemarketing.js'

describeMongo('the way back of the telemarketing migrations', () => {
  test('is proven, but for the documented one that takes preferences from everybody', async () => {
    const { run, url, db } = await cloneExample()
    const { out, code } = await run(`npx godwit verify --all --ci --shadow ${url}`)
    expect(out).toMatch(/✓ 001-create-initial-collections +reversible/)
    expect(out).toMatch(/✓ 002-split-contact-names +reversible/)
    expect(out).toMatch(/! 003-add-user-preferences +lossy[\s\S]*users\.preferences: 1 of \d values are gone/)
    expect(code).toBe(0)
    expect(await db.listCollections().toArray()).toEqual([])
  })
})
