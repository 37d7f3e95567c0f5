import type { FormatContext } from '../contract.js'

/**
 * Stands in for the DataSource's own logger, which may print to stdout. Warnings are passed on; queries, without their
 * parameters, where the DataSource wants them logged.
 */
export function typeormLogger(logging: unknown, { warn, verbose }: Pick<FormatContext, 'warn' | 'verbose'>): object {
  const wants = (level: string): boolean =>
    logging === true ||
    logging === 'all' ||
    (Array.isArray(logging) && (logging.includes(level) || logging.includes('all')))
  return {
    logQuery: (query: string) => wants('query') && verbose(`typeorm: ${query}`),
    logQueryError: (_error: unknown, query: string) => wants('error') && verbose(`typeorm: failed: ${query}`),
    logQuerySlow: (time: number, query: string) => verbose(`typeorm: ${time} ms: ${query}`),
    logSchemaBuild: () => {},
    logMigration: () => {},
    log: (level: string, message: unknown) => (level === 'warn' ? warn : verbose)(`typeorm: ${message}`),
  }
}
