import { relative } from 'node:path'
import type pg from 'pg'
import { GodwitError } from '../../../errors.js'
import { extensionLacking } from '../../../shadow/extension-lacking.js'
import { maskSecrets } from '../../../sql/mask.js'
import { codeFrame } from '../../../sql/position.js'
import { ScriptError, type ScriptItem, ScriptReader, type Statement } from '../../../sql/split.js'
import { fileScript } from '../../files.js'

/**
 * Runs a file of SQL that describes a schema. Who owns what is left out, and so are the lines that only psql understands at
 * the ends of a dump.
 *
 * @param sends what is sent in place of a statement
 * @throws GODWIT_FILE_UNREADABLE, GODWIT_FILE_NOT_UTF8, GODWIT_FROM_FAILED with its place, GODWIT_SHADOW_EXTENSION
 */
export async function runSchemaFile(
  client: pg.Client,
  path: string,
  projectDir: string,
  sends: (statement: string) => string = (statement) => statement,
): Promise<void> {
  const file = relative(projectDir, path)
  const text = await textOf(path, projectDir)
  for (const item of itemsOf(text, file)) {
    if (item.kind === 'psql') {
      if (/^\\(?:un)?restrict\b/.test(item.text)) continue
      throw failed(file, text, item, 'only psql understands this line')
    }
    if (item.kind !== 'statement' || item.statement.copyFromStdin || isOfThePlace(item.statement.text)) continue
    try {
      await client.query(sends(item.statement.text))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw extensionLacking(file, reason, { cause: error }) ?? failed(file, text, item.statement, reason, error)
    }
  }
}

async function textOf(path: string, projectDir: string): Promise<string> {
  let text = ''
  for await (const piece of fileScript(path, projectDir).read()) text += piece
  return text
}

function itemsOf(text: string, file: string): ScriptItem[] {
  const reader = new ScriptReader()
  try {
    return [...reader.push(text), ...reader.end()]
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    throw failed(file, text, error, error.message, error)
  }
}

// The roles of the place a dump comes from are not here; nobody compares owners and grants.
function isOfThePlace(statement: string): boolean {
  return /^(?:GRANT|REVOKE|ALTER\s+DEFAULT\s+PRIVILEGES|SET\s+(?:SESSION\s+)?(?:AUTHORIZATION|ROLE)|ALTER\s[^;]*\sOWNER\s+TO\s+\S+$)/i.test(
    statement,
  )
}

function failed(
  file: string,
  text: string,
  { line, column, ...rest }: { line: number; column: number } & Partial<Pick<Statement, 'text'>>,
  reason: string,
  cause?: unknown,
): GodwitError {
  return new GodwitError(
    'GODWIT_FROM_FAILED',
    { file, reason },
    {
      cause,
      file,
      line,
      column,
      ...(rest.text === undefined ? {} : { statement: maskSecrets(rest.text) }),
      frame: codeFrame(maskSecrets(text, { sameLength: true }), line, column),
    },
  )
}
