import { messageOf } from '../../left.js'

const DUPLICATE_KEY = 11000
const REFUSED_BY_VALIDATOR = 121

/** An operation of a bulk write that the server refused. */
export interface WriteError {
  /** Of the operation. */
  index: number
  code?: number
  errmsg?: string
  errInfo?: { details?: Rule & { schemaRulesNotSatisfied?: Rule[] } }
}

/** A part of what the server says of a validator; it bears the values too, which are not shown. */
interface Rule {
  operatorName?: string
  missingProperties?: string[]
  additionalProperties?: string[]
  propertiesNotSatisfied?: { propertyName?: string; description?: string; details?: Rule[] }[]
  schemaRulesNotSatisfied?: Rule[]
}

/** What the server refused of a bulk write, the first operation first; none: something else failed. */
export function writeErrorsOf(error: unknown): WriteError[] {
  const { writeErrors } = Object(error) as { writeErrors?: WriteError | WriteError[] }
  return [writeErrors ?? []].flat().sort((a, b) => a.index - b.index)
}

/** Why an operation was refused, without the values of the document. */
export function refusal({ code, errmsg = '', errInfo }: WriteError): string {
  if (code === DUPLICATE_KEY) return duplicate(errmsg)
  if (code !== REFUSED_BY_VALIDATOR) return withoutValues(errmsg)
  const rules = errInfo?.details?.schemaRulesNotSatisfied ?? []
  const said = rules.flatMap(ruleInWords)
  return said.length === 0 ? "the collection's validator refuses it" : `the collection's validator: ${said.join('; ')}`
}

/** What an error says, without what it shows of a document. */
export function withoutValues(error: unknown): string {
  const message = typeof error === 'string' ? error : messageOf(error)
  return message.replace(/[:,]?\s*\{[\s\S]*$/, '').trim() || message
}

// `E11000 duplicate key error collection: shop.users index: users_email_unique dup key: { email: "a@example.com" }`
function duplicate(message: string): string {
  const [, index] = / index: (\S+)/.exec(message) ?? []
  return index === undefined
    ? 'another document has what must be unique'
    : `another document has what the unique index ${index} is about`
}

function ruleInWords({
  operatorName,
  missingProperties,
  additionalProperties,
  propertiesNotSatisfied,
}: Rule): string[] {
  if (missingProperties !== undefined) return [`${missingProperties.join(', ')} is missing`]
  if (additionalProperties !== undefined) return [`${additionalProperties.join(', ')} is not allowed`]
  if (propertiesNotSatisfied === undefined) return operatorName === undefined ? [] : [operatorName]
  return propertiesNotSatisfied.map(({ propertyName, description, details = [] }) => {
    const why = description ?? details.map((rule) => rule.operatorName).join(', ')
    return why === '' ? `${propertyName}` : `${propertyName}: ${why}`
  })
}
