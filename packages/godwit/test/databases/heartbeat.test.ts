import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Heartbeat } from '../../src/databases/lease/heartbeat.js'
import type { PostgresHeartbeat } from '../../src/databases/postgres/lock/heartbeat-worker.js'

function heartbeat(config: object): { beat: Heartbeat<PostgresHeartbeat>; troubles: string[] } {
  const troubles: string[] = []
  const onTrouble = (message: string) => void troubles.push(message)
  const data = { driver: '/nowhere/pg', config, renewal: '', fence: '1' }
  const beat = new Heartbeat<PostgresHeartbeat>({ worker: 'heartbeat-worker.js', data, onLost: () => {}, onTrouble })
  return { beat, troubles }
}

test('a thread that cannot be made fails nothing', async () => {
  class Held {
    work = () => {}
  }
  const { beat, troubles } = heartbeat({ types: new Held() as never })
  beat.start()
  expect(troubles).toEqual([expect.stringContaining('could not be cloned')])
  await beat.stop()
})

test('a thread that died by itself is not waited for', async () => {
  const { beat, troubles } = heartbeat({})
  beat.start()
  while (troubles.length === 0) await sleep(20)
  await sleep(100)
  const started = performance.now()
  await beat.stop()
  expect(performance.now() - started).toBeLessThan(500)
})
