/** Whether a method is as its class defines it, and not what somebody put in its place. */
export function isOwnMethod(method: unknown, name: string): boolean {
  return (
    typeof method === 'function' &&
    Function.prototype.toString
      .call(method)
      .replace(/^async /, '')
      .startsWith(`${name}(`)
  )
}
