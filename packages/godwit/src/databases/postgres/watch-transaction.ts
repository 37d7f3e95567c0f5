import type pg from 'pg'

interface Wire {
  on: (event: string, listener: (message: { text?: string; status?: string }) => void) => void
  removeListener: (event: string, listener: (message: { text?: string; status?: string }) => void) => void
}

/** Tells what becomes of the transaction that a function was given (rule 14). */
export interface TransactionWatch {
  /** It is no longer the one that it was. */
  ended: () => boolean
  /** Something of the function's is there for good, or may be. */
  committed: () => boolean
  stop: () => void
}

/** What is told of it, each before the function goes on. */
export interface TransactionNews {
  /** The function committed. */
  onCommit: () => void
  /** A moment without a transaction. */
  onOutside: () => void
}

/**
 * Watches what the server says while a function works on a client inside an open transaction. A `COMMIT` that was
 * completed, or a moment without a transaction, means that the function ended it. A transaction that it only rolled back
 * leaves nothing; what it did behind that does.
 */
export function watchTransaction(client: pg.Client, news: TransactionNews): TransactionWatch {
  const wire = (client as unknown as { connection: Wire }).connection
  let ended = false
  let committed = false
  // Of the message under way.
  let did = false
  const onComplete = ({ text }: { text?: string }) => {
    did = text !== 'ROLLBACK'
    if (text !== 'COMMIT' && text !== 'PREPARE TRANSACTION') return
    ended = true
    committed = true
    if (text === 'COMMIT') news.onCommit()
  }
  const onReady = ({ status }: { status?: string }) => {
    if (status === 'I') {
      ended = true
      committed ||= did
      news.onOutside()
    }
    did = false
  }
  wire.on('commandComplete', onComplete)
  wire.on('readyForQuery', onReady)
  return {
    ended: () => ended,
    committed: () => committed,
    stop: () => {
      wire.removeListener('commandComplete', onComplete)
      wire.removeListener('readyForQuery', onReady)
    },
  }
}
