import type { Root } from 'mdast'

export const root: string
export function readMarkdown(patterns?: string[]): Promise<{ file: string; tree: Root }[]>
