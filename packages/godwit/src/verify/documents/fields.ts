/** Words before a colon or a dot that are the language's or the driver's own. */
const COMMON = new Set([
  'up',
  'down',
  'filter',
  'update',
  'updateOne',
  'updateMany',
  'insertOne',
  'deleteOne',
  'upsert',
  'unique',
  'key',
  'ordered',
])
const MOST = 12

/**
 * Names that stand where fields of documents stand in a migration's code: before a colon. Which of them are fields is found out by running it.
 */
export function fieldsIn(text: string): string[] {
  const found = [...text.matchAll(/(?<![\w$.])['"]?([A-Za-z_]\w*)['"]?\s*:\s*(?![:/])/g)].map(([, field = '']) => field)
  const fields = [...new Set(found)].filter((field) => !COMMON.has(field))
  return fields.slice(0, MOST)
}
