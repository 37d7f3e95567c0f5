import { createHash } from 'node:crypto'
import type { Faker } from '@faker-js/faker'
import { loadPeer } from '../../loading/peer.js'

/** What "recently" and "soon" are counted from, so that dates are the same each time too. */
const TODAY = '2025-01-01T00:00:00.000Z'

/**
 * A faker of one's own whose values depend on nothing but the seed.
 *
 * @param seed a number, or a text that stands for one
 * @throws GODWIT_PEER_MISSING
 */
export async function seededFaker(seed: number | string, projectDir: string): Promise<Faker> {
  const peer = await loadPeer<typeof import('@faker-js/faker')>('@faker-js/faker', {
    from: projectDir,
    why: 'making data',
    install: '-D @faker-js/faker',
  })
  const faker = new peer.Faker({ locale: [peer.en, peer.base] })
  faker.seed(typeof seed === 'number' ? seed : createHash('sha256').update(seed).digest().readUInt32BE())
  faker.setDefaultRefDate(TODAY)
  return faker
}
