import { knownExtensions } from '../databases/embedded/extensions.js'
import { connectionSettings } from '../databases/postgres/url.js'
import type { ShadowPlace } from './contract.js'

/** What decides where shadows are made. */
export interface ShadowChoice {
  projectDir: string
  /** The server that is named for it. */
  url: string | undefined
  /** The migrations, as far as they are text. */
  texts: readonly string[]
  warn: (message: string) => void
}

/** The place for a project's shadows (rule 31). */
export async function choosePlace({ projectDir, url, texts }: ShadowChoice): Promise<ShadowPlace> {
  if (url !== undefined && url !== '') {
    const { serverPlace } = await import('./server.js')
    return serverPlace(connectionSettings(url), projectDir)
  }
  const { pglitePlace } = await import('./pglite.js')
  return pglitePlace(projectDir, mentioned(texts, knownExtensions(projectDir)))
}

// To register one that is not needed costs little; to read what a function will ask for is not possible.
function mentioned(texts: readonly string[], names: readonly string[]): string[] {
  return names.filter((name) => texts.some((text) => text.includes(name)))
}
