import type { DocumentWork } from '../contract.js'
import { parametersOf } from './parameters.js'

/** A migration's function, as any version of migrate-mongo calls it. */
export type Action = (...given: unknown[]) => unknown

/** How a function wants to be called. */
export interface CallStyle {
  /** It ends by calling its last parameter, as it could before migrate-mongo 14. */
  callback: boolean
  /** It gets the client. */
  client: boolean
  /** It has a third parameter for what Godwit gives. */
  work: boolean
}

// The names by which migrate-mongo told a callback.
const callbackNames = /^(?:callback|cb|next|done)_?$/

/** Reads a function's parameters. `work`: as `{ session, log }`, or as a name where the migration says `transaction`. */
export function callStyle(action: Action, transaction: boolean): CallStyle {
  const parameters = parametersOf(action)
  const count = parameters?.length ?? action.length
  const callback = callbackNames.test(parameters?.at(-1) ?? '')
  const third = parameters?.[2]
  return {
    callback,
    client: !callback || count > 2,
    work: !callback && count > 2 && (transaction || third?.startsWith('{') === true),
  }
}

/** Calls a migration's function and waits until it is done. @throws whatever it throws */
export async function call(
  action: Action,
  style: CallStyle,
  { db, client, session, log }: Pick<DocumentWork, 'db' | 'client' | 'session' | 'log'>,
): Promise<void> {
  const given: unknown[] = style.client ? [db, client] : [db]
  if (style.work) given.push({ session, log })
  if (!style.callback) {
    await action(...given)
    return
  }
  await new Promise<void>((resolve, reject) => {
    const done = (error?: unknown): void => (error ? reject(error) : resolve())
    Promise.resolve(action(...given, done)).catch(reject)
  })
}
