import { GodwitError } from '../errors.js'

/** The flags that choose migrations, each for itself. */
export interface ChoiceFlags {
  /** The same as the argument. */
  name?: string
  to?: string
  step?: string
  only?: string
  all?: boolean
  block?: boolean
}

/** Which migrations are meant. */
export interface Choice {
  to?: string
  step?: number
  only?: string
  all?: true
  block?: true
}

/**
 * Flags and argument as one choice; a bare number is a number of steps, as node-pg-migrate's users type it.
 *
 * @param nameMeans what a name chooses
 * @throws GodwitError GODWIT_USAGE when several of them are given
 */
export function chosen(
  command: string,
  flags: ChoiceFlags,
  argument: string | undefined,
  nameMeans: 'to' | 'only',
): Choice {
  const given: [string, Choice][] = []
  for (const name of [argument, flags.name])
    if (name !== undefined)
      given.push([`'${name}'`, /^\d{1,4}$/.test(name) ? { step: Number(name) } : { [nameMeans]: name }])
  if (flags.to !== undefined) given.push(['--to', { to: flags.to }])
  if (flags.step !== undefined && !/^\d+$/.test(flags.step))
    throw new GodwitError('GODWIT_STEP_COUNT', { written: flags.step })
  if (flags.step !== undefined) given.push(['--step', { step: Number(flags.step) }])
  if (flags.only !== undefined) given.push(['--only', { only: flags.only }])
  if (flags.all) given.push(['--all', { all: true }])
  if (flags.block) given.push(['--block', { block: true }])
  if (given.length > 1)
    throw new GodwitError('GODWIT_USAGE', {
      command,
      reason: `${given.map(([how]) => how).join(' and ')} cannot stand together: each says which migrations are meant`,
    })
  return given[0]?.[1] ?? {}
}
