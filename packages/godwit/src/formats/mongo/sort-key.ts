/**
 * The order of the names, with numbers compared as numbers: `002-b` before `010-a`, and `9-x` before `10-x`. A number is
 * written with its length in front, so that the bytes of two keys compare as the numbers do.
 */
export function sortKeyOf(name: string): string {
  return name.replace(/\d+/g, (digits) => {
    const number = digits.replace(/^0+(?=\d)/, '')
    return String(number.length).padStart(4, '0') + number
  })
}
