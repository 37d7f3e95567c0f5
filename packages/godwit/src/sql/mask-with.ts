import { maskSecrets, secretLiterals } from './mask.js'
import { dollarTag } from './tokens.js'

/** From this length on a piece of a secret is hidden inside of other words too. */
const tellingLength = 6

/** More pieces than this, and all of the text is hidden. */
const mostPieces = 2_000

/**
 * Hides in what is said about a statement every word of its secret literals (rule 38): the server quotes parts of them,
 * such as `missing "=" after "…"` from within a connection string. Hides too much rather than too little.
 *
 * @param statementText one statement or several, as they were sent
 * @returns what masks a message, a detail, a hint; its own literals as {@link maskSecrets} does
 */
export function maskWith(statementText: string): (text: string) => string {
  const pieces = [...new Set(secretLiterals(statementText).flatMap(piecesOf))]
  if (pieces.length === 0) return maskSecrets
  if (pieces.length > mostPieces) return () => '***'
  pieces.sort((a, b) => b.length - a.length)
  const pattern = new RegExp(pieces.map(patternOf).join('|'), 'gu')
  return (text) => maskSecrets(text).replace(pattern, '***')
}

function piecesOf(literal: string): string[] {
  const written = contentOf(literal)
  const texts = [written, written.replace(/''/g, "'"), written.replace(/''/g, "'").replace(/\\(.)/gs, '$1')]
  return texts.flatMap((text) => {
    // A key of a connection string is no secret, and error messages are full of such words.
    const words = text.replace(/(^|[\s?&])[a-z_]+\s*=/gi, '$1 ').split(/\s+/)
    const parts = words.flatMap((word) => [word, ...word.split(/[:/@?&=,'"[\]]+/)])
    return [text, ...text.split(/\s+/), ...parts, ...parts.map(decoded)].filter(
      (part) => /[\p{L}\p{N}]/u.test(part) || part.length >= tellingLength,
    )
  })
}

function contentOf(literal: string): string {
  const tag = dollarTag(literal, 0)
  if (tag !== '') return literal.slice(tag.length, literal.endsWith(tag) ? -tag.length : undefined)
  return literal.replace(/^[eE]?'/, '').replace(/'$/, '')
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function patternOf(piece: string): string {
  const exact = piece.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  if (piece.length >= tellingLength) return exact
  const before = /^[\p{L}\p{N}_]/u.test(piece) ? '(?<![\\p{L}\\p{N}_])' : ''
  const after = /[\p{L}\p{N}_]$/u.test(piece) ? '(?![\\p{L}\\p{N}_])' : ''
  return before + exact + after
}
