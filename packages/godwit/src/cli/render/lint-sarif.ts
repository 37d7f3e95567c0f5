import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { LintReport } from '../../project/lint.js'
import { version } from '../../project/version.js'

/** Findings as a SARIF 2.1.0 log. Files are relative to the project's folder, which the log names. */
export function sarif({ findings }: LintReport, folder: string): unknown {
  const whys = new Map(findings.map(({ code, why }) => [code, why]))
  const codes = [...whys.keys()]
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'godwit',
            version,
            rules: [...whys].map(([id, text]) => ({ id, shortDescription: { text: id }, fullDescription: { text } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { PROJECT: { uri: `${pathToFileURL(folder).href}/` } },
        results: findings.map(({ code, severity, message, recipe, file, line, column }) => ({
          ruleId: code,
          ruleIndex: codes.indexOf(code),
          level: severity,
          message: { text: [message, ...recipe].join('\n') },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(relative(folder, file)), uriBaseId: 'PROJECT' },
                region: { startLine: line, startColumn: column },
              },
            },
          ],
        })),
      },
    ],
  }
}

function uriOf(path: string): string {
  return path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')
}
