/** Quotes a name as a PostgreSQL identifier. */
export function ident(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Quotes a value as a PostgreSQL string literal, whatever `standard_conforming_strings` says; `null` becomes NULL. */
export function literal(value: string | null): string {
  if (value === null) return 'NULL'
  const quoted = `'${value.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`
  return value.includes('\\') ? `E${quoted}` : quoted
}

/** Quotes schema and name as one identifier. */
export function qualified(schema: string, name: string): string {
  return `${ident(schema)}.${ident(name)}`
}
