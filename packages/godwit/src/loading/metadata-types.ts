import { appendCode } from './late-exports.js'

const name = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$]*(?:\.[\p{ID_Continue}$]+)*`
/** How swc writes a type it does not know: `typeof a === "undefined" || typeof a.B === "undefined" ? Object : a.B`. */
const typeRead = new RegExp(
  `(?:typeof ${name} === "undefined" \\|\\| )*typeof (${name}) === "undefined" \\? Object : \\1(?![\\w$.])`,
  'gu',
)
const namedImport = /^import (?:([\w$]+), )?\{ ([^}]*) \} from ("[^"]*"|'[^']*');$/gm

const guard = `
function _godwit_type(read) {
    let type;
    try { type = read(); } catch { return Object; }
    if (typeof type === "function") return type;
    const values = Object.entries(type ?? {}).filter(([key]) => String(Number(key)) !== key).map(([, value]) => typeof value);
    if (values.length === 0 || values.some((value) => value !== values[0])) return Object;
    return values[0] === "string" ? String : values[0] === "number" ? Number : Object;
}`

/**
 * Makes the metadata of decorators survive circular imports, as TypeScript's own output does: swc reads the type as
 * soon as the class is defined, which throws while the other module is still on its way. A type that cannot be read
 * yet, or is no class, becomes `Object`; an enum the type of its values, as TypeScript writes it. Lines stay as they are.
 */
export function guardMetadataTypes(code: string): string {
  if (!code.includes('_ts_metadata("design:')) return code
  const guarded = code.replace(typeRead, (read) => `_godwit_type(()=>${read})`)
  return guarded === code ? code : appendCode(guarded, guard)
}

/**
 * In an ES module the import of something that turns out to be a type only does not link. So names that nothing but
 * metadata reads are read off the namespace of their module instead. Lines stay as they are.
 */
export function loosenMetadataImports(code: string): string {
  if (!code.includes('_ts_metadata("design:')) return code
  const read = new Set(Array.from(code.matchAll(typeRead), ([, path = '']) => path.split('.')[0]))
  const elsewhere = code.replace(typeRead, '').replace(namedImport, '')
  const places = new Map<string, string>()
  let spaces = 0
  const loosened = code.replace(namedImport, (statement, byDefault: string | undefined, list: string, from: string) => {
    const specifiers = list.split(',').map((specifier) => specifier.trim())
    const loose = specifiers.filter((specifier) => {
      const local = localName(specifier)
      return read.has(local) && !mentions(elsewhere, local)
    })
    if (loose.length === 0) return statement
    const space = `_godwit_types_${spaces++}`
    for (const specifier of loose) places.set(localName(specifier), `${space}.${specifier.split(' as ')[0]}`)
    const kept = specifiers.filter((specifier) => !loose.includes(specifier))
    const clauses = [byDefault, kept.length > 0 ? `{ ${kept.join(', ')} }` : undefined].filter(
      (part) => part !== undefined,
    )
    const first = clauses.length > 0 ? `import ${clauses.join(', ')} from ${from};` : ''
    return `${first}import * as ${space} from ${from};`
  })
  return loosened.replace(typeRead, (text) =>
    text.replace(/(typeof |: )([\p{ID_Continue}$]+)/gu, (whole, before: string, local: string) => {
      const place = places.get(local)
      return place === undefined ? whole : before + place
    }),
  )
}

function localName(specifier: string): string {
  return specifier.split(' as ').at(-1) ?? specifier
}

function mentions(code: string, identifier: string): boolean {
  return new RegExp(`(?<![\\p{ID_Continue}$])${identifier.replaceAll('$', '\\$')}(?![\\p{ID_Continue}$])`, 'u').test(
    code,
  )
}
