/** What migrate-mongo takes of a module: its default export where there is one, else all that it exports. */
export function defaultOf(loaded: unknown): unknown {
  if ((typeof loaded !== 'object' && typeof loaded !== 'function') || loaded === null || !('default' in loaded))
    return loaded
  return loaded.default || loaded
}
