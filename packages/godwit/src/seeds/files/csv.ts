import { createReadStream } from 'node:fs'
import { parse } from 'csv-parse'

/** A row of a file, and the line it ends on (of JSON the one it stands on), 1-based. */
export interface FileRow {
  row: Record<string, unknown>
  line: number
}

/** What is wrong with a file, and where. */
export class FileFault extends Error {
  /** 1-based; of a broken line the one that cannot be read. */
  readonly line: number

  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

/**
 * The rows of a CSV file with a header (RFC 4180), as text. As in PostgreSQL's own CSV an empty field is NULL, and `""` an empty
 * text.
 *
 * @throws FileFault
 */
export async function* csvRows(path: string): AsyncIterable<FileRow> {
  const parser = createReadStream(path).pipe(
    parse({
      bom: true,
      columns: true,
      info: true,
      skip_empty_lines: true,
      cast: (value, { quoting, header }) => (value === '' && !quoting && !header ? null : value),
    }),
  )
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: FileRow['row']; info: { lines: number } }>)
      yield { row: record, line: info.lines }
  } catch (error) {
    const { lines, code } = error as { lines?: number; code?: string }
    if (lines === undefined) throw error
    throw new FileFault(
      code === 'CSV_RECORD_INCONSISTENT_COLUMNS' ? fieldCount(error) : (error as Error).message,
      lines,
    )
  }
}

function fieldCount(error: unknown): string {
  const { record, columns } = error as { record?: unknown[]; columns?: unknown[] }
  if (record === undefined || !Array.isArray(columns)) return (error as Error).message
  return `it has ${record.length === 1 ? '1 field' : `${record.length} fields`}, the header ${columns.length}`
}
