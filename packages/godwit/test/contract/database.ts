import { describe } from 'vitest'
import { begunAheadContract } from './databases/begun-ahead.js'
import { destroyingContract } from './databases/destroying.js'
import { lockContract } from './databases/lock.js'
import { logContract } from './databases/log.js'
import { lostContract } from './databases/lost.js'
import { placeContract } from './databases/places.js'
import { readyAheadContract } from './databases/ready-ahead.js'
import { boundaryContract } from './databases/recover/boundaries.js'
import { inFlightContract } from './databases/recover/in-flight.js'
import { indexBuildContract } from './databases/recover/index-builds.js'
import { resumeContract } from './databases/recover/resume.js'
import { stoppedBuildContract } from './databases/recover/stopped-builds.js'
import { reviewContract } from './databases/review.js'
import { rightsContract } from './databases/rights.js'
import { sessionContract } from './databases/sessions.js'
import { transactionContract } from './databases/transactions.js'
import { functionWaitingContract } from './databases/waiting/functions.js'
import { graceContract } from './databases/waiting/grace.js'
import { scriptWaitingContract } from './databases/waiting/scripts.js'
import type { Subject } from './subject.js'

/** What every database must do, held against a real one. */
export function databaseContract(subject: Subject): void {
  describe(subject.name, () => {
    describe('transactions', () => transactionContract(subject))
    describe('sessions', () => sessionContract(subject))
    describe('places of errors', () => placeContract(subject))
    describe('what destroys', () => destroyingContract(subject))
    describe('what a review found', () => reviewContract(subject))
    describe('the log', () => logContract(subject))
    describe('a script that goes on', () => resumeContract(subject))
    if (!subject.server) return
    describe('transactions that are opened ahead', () => begunAheadContract(subject))
    describe('messages that are made ahead', () => readyAheadContract(subject))
    describe('the lock', () => lockContract(subject))
    describe('a lost connection', () => lostContract(subject))
    describe('a statement outside of a transaction that was cut off', () => inFlightContract(subject))
    // A database for each cut: one server is enough.
    if (subject.name === 'PostgreSQL 18') describe('a script that was cut off', () => boundaryContract(subject))
    describe('a concurrent build that was cut off', () => indexBuildContract(subject))
    describe('a concurrent build that was stopped', () => stoppedBuildContract(subject))
    describe('waiting for tables', () => scriptWaitingContract(subject))
    describe('functions that wait for tables', () => functionWaitingContract(subject))
    describe('functions that are stopped', () => graceContract(subject))
    describe('rights', () => rightsContract(subject))
  })
}
