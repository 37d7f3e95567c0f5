import { createRequire } from 'node:module'

/**
 * Requires what Godwit itself depends on, when it is needed. It starts at a folder, not at this file, so that the
 * loader never takes Godwit's own sources for a TypeScript project of the user's.
 */
export const ownRequire = createRequire(new URL('.', import.meta.url))
