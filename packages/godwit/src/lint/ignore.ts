/** A comment that suppresses findings. */
export interface Ignore {
  /** Line of the comment, 1-based. */
  line: number
  /** Absent: every finding. */
  codes?: readonly string[]
  /** It holds for the whole file. */
  wholeFile: boolean
  reason: string
  /** It is Squawk's own, which needs no reason. */
  squawk: boolean
}

const comment = /^\s*(?:--|\/\/|\/\*|\*)\s*(godwit-lint-ignore|squawk-ignore)(-file)?\b\s*(.*?)\s*(?:\*\/)?\s*$/

/** The comments of a file that suppress findings: `-- godwit-lint-ignore <code>, <code>: <reason>`, and Squawk's own. */
export function readIgnores(lines: readonly string[]): Ignore[] {
  return lines.flatMap((text, index) => {
    const [, kind, file, rest = ''] = comment.exec(text) ?? []
    if (kind === undefined) return []
    const colon = rest.indexOf(':')
    const named = colon < 0 ? rest : rest.slice(0, colon)
    const codes = named.split(/[\s,]+/).filter((code) => code !== '')
    return [
      {
        line: index + 1,
        ...(codes.length === 0 ? {} : { codes }),
        wholeFile: file !== undefined,
        reason: colon < 0 ? '' : rest.slice(colon + 1).trim(),
        squawk: kind === 'squawk-ignore',
      },
    ]
  })
}

/** The comments directly above a line. */
export function ignoresAbove(ignores: readonly Ignore[], lines: readonly string[], line: number): Ignore[] {
  const found: Ignore[] = []
  for (let at = line - 1; at >= 1 && isComment(lines[at - 1] ?? ''); at--) {
    const here = ignores.find((each) => each.line === at && !each.wholeFile)
    if (here !== undefined) found.push(here)
  }
  return found
}

function isComment(text: string): boolean {
  return /^\s*(?:--|\/\/|\/\*|\*)/.test(text)
}
