import type { FormatContext } from '../contract.js'

/**
 * Stands in for the DataSource's own logger, which may print to stdout. Warnings are passed on; queries, without their
 * parameters, where the DataSource wants them logged.
 */
export function typeormLogger(logging: unknown, { warn, verbose }: Pick<FormatContext, 'warn' | 'verbose'>): object {
  return {
    logQuery: (query: string) => isLogged(logging, 'query') && verbose(`typeorm: ${query}`),
    logQueryError: (_error: unknown, query: string) =>
      isLogged(logging, 'error') && verbose(`typeorm: failed: ${query}`),
    logQuerySlow: (time: number, query: string) => verbose(`typeorm: ${time} ms: ${query}`),
    logSchemaBuild: () => {},
    logMigration: () => {},
    log: (level: string, message: unknown) => (level === 'warn' ? warn : verbose)(`typeorm: ${message}`),
  }
}

/** Whether a DataSource's `logging` is for such a level, as `query`. */
export function isLogged(logging: unknown, level: string): boolean {
  if (Array.isArray(logging)) return logging.includes(level) || logging.includes('all')
  return logging === true || logging === 'all'
}
