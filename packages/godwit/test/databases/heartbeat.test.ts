import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Heartbeat, type HeartbeatOptions } from '../../src/databases/postgres/lock/heartbeat.js'

function heartbeat(options: Partial<HeartbeatOptions>): { beat: Heartbeat; troubles: string[] } {
  const troubles: string[] = []
  const onTrouble = (message: string) => void troubles.push(message)
  const needed = { driver: '/nowhere/pg', config: {}, renewal: '', fence: '1', onLost: () => {} }
  return { beat: new Heartbeat({ ...needed, ...options, onTrouble }), troubles }
}

test('a thread that cannot be made fails nothing', async () => {
  class Held {
    work = () => {}
  }
  const { beat, troubles } = heartbeat({ config: { types: new Held() as never } })
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
