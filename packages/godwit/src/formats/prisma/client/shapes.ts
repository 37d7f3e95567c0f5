/** The parts of a PrismaClient that are used here, as versions 5 to 7 have them. */
export interface PrismaClient {
  _runtimeDataModel: { models: Readonly<Record<string, ModelShape>> }
  $connect: () => Promise<void>
  $disconnect: () => Promise<void>
  $transaction: <T>(work: (inside: PrismaClient) => Promise<T>, options: object) => Promise<T>
  $queryRawUnsafe: (text: string) => Promise<Record<string, unknown>[]>
}

export type ClientClass = new (options: object) => PrismaClient

export interface ModelShape {
  /** Its table's name, where that is not its own. */
  dbName?: string | null
  schema?: string | null
  fields: readonly FieldShape[]
}

export interface FieldShape {
  name: string
  kind: 'scalar' | 'object' | 'enum' | 'unsupported'
  /** `Int`, `DateTime`; of a relation the other model. */
  type: string
  dbName?: string | null
}

/** What a client does with the rows of one model. */
export interface Delegate {
  findFirst: (query: { where: object }) => Promise<Record<string, unknown> | null>
  create: (query: { data: object }) => Promise<unknown>
  update: (query: { where: object; data: object }) => Promise<unknown>
  updateMany: (query: { where: object; data: object }) => Promise<unknown>
}

export function isClient(value: unknown): value is PrismaClient {
  return typeof value === 'object' && value !== null && '$transaction' in value && '_runtimeDataModel' in value
}

/** A model by the name that the schema or the client has for it: `User`, `user`. */
export function modelNamed(client: PrismaClient, name: unknown): { name: string; shape: ModelShape } | undefined {
  if (typeof name !== 'string') return undefined
  const { models } = client._runtimeDataModel
  const found = Object.keys(models).find((each) => each === name || delegateName(each) === name)
  const shape = found === undefined ? undefined : models[found]
  return found === undefined || shape === undefined ? undefined : { name: found, shape }
}

export function delegateOf(client: PrismaClient, model: string): Delegate {
  return Reflect.get(client, delegateName(model)) as Delegate
}

function delegateName(model: string): string {
  return model.charAt(0).toLowerCase() + model.slice(1)
}
