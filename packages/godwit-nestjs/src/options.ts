import type { OpenProjectOptions } from 'godwit'

const ways = ['off', 'check', 'migrate'] as const

/** What happens to migrations before the application starts. */
export type OnBoot = (typeof ways)[number]

/** How the module finds the project and what it does with it. All but `onBoot` is for Godwit's `openProject`. */
export interface GodwitModuleOptions extends Omit<OpenProjectOptions, 'onEvent' | 'onVerbose' | 'command'> {
  /**
   * `check` (the default): the application does not start while a migration is pending or stopped halfway. Read-only.
   *
   * `migrate`: pending ones are applied first, under the runner's lock, so that any number of instances may start at once. The
   * role of the application owns the schema then, unless `databaseUrl` names another one for migrations.
   *
   * `off`: nothing.
   */
  onBoot?: OnBoot | undefined
}

/**
 * What the options say to do, for values that come from an environment too.
 *
 * @throws TypeError with the code GODWIT_NEST_ON_BOOT for a word that is none of the three
 */
export function onBootOf({ onBoot }: GodwitModuleOptions): OnBoot {
  const wanted = onBoot || 'check'
  if (ways.includes(wanted)) return wanted
  const message = `onBoot must be 'off', 'check' or 'migrate', not '${wanted}'.`
  throw Object.assign(new TypeError(message), { code: 'GODWIT_NEST_ON_BOOT' })
}
