/** JSON that is imported as bundlers take it: its members are exports too, where they can be names. */
export function jsonModule(text: string): string {
  const names = Object.keys(membersOf(text)).filter((name) => name !== 'default')
  return [
    `const _godwit_json = ${text}`,
    'export default _godwit_json',
    ...names.map((name, index) => `const _godwit_${index} = _godwit_json[${JSON.stringify(name)}]`),
    ...names.map((name, index) => `export { _godwit_${index} as ${JSON.stringify(name)} }`),
  ].join('\n')
}

// What is no JSON fails where it is run.
function membersOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  } catch {
    return {}
  }
}
