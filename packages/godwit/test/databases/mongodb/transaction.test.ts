import { expect, test } from 'vitest'
import type { LoadedStep } from '../../../src/databases/contract.js'
import { runFunction } from '../../../src/databases/mongodb/run-function.js'
import type { MongoSession } from '../../../src/databases/mongodb/session.js'
import { history } from './memory-project.js'

type State = 'STARTING_TRANSACTION' | 'TRANSACTION_COMMITTED' | 'TRANSACTION_ABORTED'

/** A driver's session that only keeps its state, and a server that takes what it is sent. */
function pretend(commitError?: Error) {
  const written: Record<string, unknown>[] = []
  const transaction = { state: 'STARTING_TRANSACTION' as State }
  const set = (state: State) => async () => {
    transaction.state = state
    if (commitError !== undefined && state === 'TRANSACTION_COMMITTED') throw commitError
  }
  const given = {
    transaction,
    startTransaction: () => {},
    inTransaction: () => transaction.state === 'STARTING_TRANSACTION',
    commitTransaction: set('TRANSACTION_COMMITTED'),
    abortTransaction: set('TRANSACTION_ABORTED'),
    endSession: async () => {},
  }
  const collection = (name: string) => ({
    updateOne: async () => ({ matchedCount: 1 }),
    insertOne: async (document: object) => void written.push({ in: name, ...document }),
  })
  const session = {
    connection: { client: { startSession: () => given }, db: { collection }, place: { url: 'mongodb://host/shop' } },
    records: { steps: collection('steps'), settings: collection('settings'), lease: collection('lease') },
    history,
    fence: 7,
    run: { id: 7, at: new Date() },
    entries: 0,
  }
  return { session: session as unknown as MongoSession, given, written }
}

const step = { name: '001-a', direction: 'up', file: { file: '/001-a.ts', hash: 'ts:1' } } as LoadedStep

function run(session: MongoSession, work: () => Promise<void>) {
  const body = { kind: 'documents', transaction: true, idempotent: false, run: work } as const
  return runFunction(session, step, body, { onEvent: () => {} })
}

test('a client that was closed during the commit leaves its outcome unknown', async () => {
  const closed = Object.assign(new Error('closed'), { name: 'MongoClientClosedError' })
  const { session } = pretend(closed)
  await expect(run(session, async () => {})).rejects.toMatchObject({
    code: 'GODWIT_OUTCOME_UNKNOWN',
    details: { left: 'unknown' },
  })
})

test('a function that commits by itself is failed: it is neither recorded as applied nor run again', async () => {
  for (const throwing of [false, true]) {
    const { session, given, written } = pretend()
    const work = async () => {
      await given.commitTransaction()
      if (throwing) throw new Error('too late')
    }
    await expect(run(session, work)).rejects.toMatchObject({ details: { left: 'part' } })
    expect(written).toMatchObject([{ in: 'steps', name: '001-a', outcome: 'open', finishedAt: null }])
  }
})

test('one that takes its transaction back is not recorded as applied; nothing of it is left', async () => {
  const { session, given, written } = pretend()
  await expect(run(session, given.abortTransaction)).rejects.toMatchObject({ details: { left: 'nothing' } })
  expect(written).toMatchObject([{ in: 'steps', name: '001-a', outcome: 'failed' }])
})

test('a run that was stopped meanwhile begins no function, with a transaction or without', async () => {
  for (const transaction of [true, false]) {
    const { session, written } = pretend()
    let calls = 0
    const work = async () => void calls++
    const body = { kind: 'documents', transaction, idempotent: false, run: work } as const
    const options = { onEvent: () => {}, signal: AbortSignal.abort() }
    await expect(runFunction(session, step, body, options)).rejects.toThrow('stopped')
    expect([calls, written.filter(({ outcome }) => outcome === 'open')]).toEqual([0, []])
  }
})
