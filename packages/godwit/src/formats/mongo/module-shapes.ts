/** Where something stands in a text. */
export interface Span {
  start: number
  end: number
}

/** A top-level expression, as far as its text tells what it is. */
export type Value = Span &
  (
    | { kind: 'object'; object: ObjectText }
    | { kind: 'array'; entries: Value[] }
    | { kind: 'spread'; of: Value }
    /** A local name. */
    | { kind: 'name'; name: string }
    /** `module.exported`. */
    | { kind: 'member'; of: string; name: string }
    /** Everything that another module exports. */
    | { kind: 'module'; from: string }
    /** A function, a class, a string, a type: certainly no migration. */
    | { kind: 'other' }
    /** Only running it tells. */
    | { kind: 'unsure' }
  )

/** What an object literal says of itself. */
export interface ObjectText {
  /** `null`: it has none; `undefined`: it is not written as a literal. */
  name: string | null | undefined
  hasUp: boolean
  /** `false`: it says that there is no way back. */
  down: 'there' | 'missing' | false
  /** Members that the text does not tell, such as a spread. */
  opaque: boolean
}

/** A local name that another module gives. */
export interface Import {
  from: string
  /** The exported name; `*`: the whole module. */
  name: string
}

/** What a module's text tells. Local names and exported ones are kept apart. */
export interface ModuleText {
  imports: Map<string, Import>
  values: Map<string, Value>
  exports: Map<string, Value>
  /** Modules whose exports it passes on, all of them. */
  passesOn: string[]
  /** It exports in a way that is not understood here, so it may export more. */
  mayExportMore: boolean
  /** Behind the last import, and how it is written; absent: there is none. */
  lastImport?: { end: number; form: 'import' | 'require' }
}

/** Notes the value of a name; of one that gets several, only running it tells which. */
export function setValue(into: Map<string, Value>, name: string, value: Value): void {
  into.set(name, into.has(name) ? { ...value, kind: 'unsure' } : value)
}
