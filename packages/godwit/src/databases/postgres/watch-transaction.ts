import type pg from 'pg'

interface Wire {
  on: (event: string, listener: (message: { text?: string; status?: string }) => void) => void
  removeListener: (event: string, listener: (message: { text?: string; status?: string }) => void) => void
}

/** Tells whether the transaction that a function was given is still the one it was given (rule 14). */
export interface TransactionWatch {
  /** The function committed, or ended the transaction otherwise: what it did may be there for good. */
  ended: () => boolean
  stop: () => void
}

/**
 * Watches what the server says while a function works on a client inside an open transaction. A `COMMIT` that was
 * completed, or a moment without a transaction, means that the function ended it.
 *
 * @param onEnded told of the first moment without a transaction, before the function goes on
 */
export function watchTransaction(client: pg.Client, onEnded: () => void = () => {}): TransactionWatch {
  const wire = (client as unknown as { connection: Wire }).connection
  let ended = false
  let told = false
  const onComplete = ({ text }: { text?: string }) => {
    if (text === 'COMMIT' || text === 'PREPARE TRANSACTION') ended = true
  }
  const onReady = ({ status }: { status?: string }) => {
    if (status !== 'I') return
    ended = true
    if (told) return
    told = true
    onEnded()
  }
  wire.on('commandComplete', onComplete)
  wire.on('readyForQuery', onReady)
  return {
    ended: () => ended,
    stop: () => {
      wire.removeListener('commandComplete', onComplete)
      wire.removeListener('readyForQuery', onReady)
    },
  }
}
