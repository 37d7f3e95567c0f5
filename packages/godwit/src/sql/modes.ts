/** What the splitter is inside of. */
export type Mode = 'code' | 'quote' | 'escape' | 'name' | 'dollar' | 'comment' | 'line-comment' | 'copy-line' | 'copy'

/** What to say when a script ends in that mode; the others may. */
export const unclosed: Partial<Record<Mode, string>> = {
  quote: 'This quoted string is never closed.',
  escape: 'This quoted string is never closed.',
  name: 'This quoted name is never closed.',
  dollar: 'This dollar-quoted text is never closed.',
  comment: 'This comment is never closed.',
  'copy-line': 'The data of this COPY is missing; it ends with a line that is just \\.',
  copy: 'The data of this COPY never ends; the line that is just \\. is missing.',
}
