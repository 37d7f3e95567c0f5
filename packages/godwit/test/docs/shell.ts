/** One command of a shell, without what its output goes to. */
export interface ShellCommand {
  words: string[]
  /** The files behind `<`. */
  reads: string[]
}

const HERE_DOCUMENT = /<<-?\s*(['"]?)(\w+)\1(.*)\n[\s\S]*?\n\2$/gm
/** What stands for something that the reader fills in. */
const PLACEHOLDER = String.raw`<[A-Za-z][^<>\n]*>`
const QUOTED = String.raw`'[^']*'|"(?:\\[\s\S]|[^"\\])*"`
const TOKEN = new RegExp(
  String.raw`(?<blank>\\\n|[^\S\n]+|#[^\n]*)` +
    String.raw`|(?<end>\n|&&|\|\||[;&|])` +
    String.raw`|(?<redirect>\d?(?:>>?|<(?!${PLACEHOLDER.slice(1)})))` +
    String.raw`|(?<word>(?:${PLACEHOLDER}|${QUOTED}|\$\([^)]*\)|\\[\s\S]|[^\s;&|<>])+)`,
  'g',
)

/**
 * The commands of what is typed into a shell: words as the shell parts them, `&&`, `|`, `;`, continued lines, comments and
 * here-documents. A placeholder such as `<name>` is a part of its word. Substitutions stay as they are.
 */
export function readShell(text: string): ShellCommand[] {
  const commands: ShellCommand[] = [{ words: [], reads: [] }]
  let redirect: string | undefined
  for (const { groups = {} } of text.replace(HERE_DOCUMENT, '$3').matchAll(TOKEN)) {
    if (groups.end !== undefined) commands.push({ words: [], reads: [] })
    if (groups.redirect !== undefined) redirect = groups.redirect
    if (groups.word === undefined) continue
    const current = commands.at(-1) as ShellCommand
    if (redirect === undefined) current.words.push(unquoted(groups.word))
    else if (redirect === '<') current.reads.push(unquoted(groups.word))
    redirect = undefined
  }
  return commands.filter(({ words }) => words.length > 0)
}

function unquoted(word: string): string {
  return word.replace(/'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])/g, (_, single, double, escaped) =>
    String(single ?? double ?? escaped),
  )
}
