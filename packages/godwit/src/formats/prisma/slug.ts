const spelledOut: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  ß: 'ss',
  æ: 'ae',
  ø: 'o',
  å: 'a',
  œ: 'oe',
  ð: 'd',
  þ: 'th',
  đ: 'd',
  ł: 'l',
  ı: 'i',
}

/** Prisma cuts names at this length. */
const longest = 200

/**
 * A migration's name as Prisma's CLI writes it: ASCII words in lower case, joined by `_`; `userIDs` is `user_i_ds`.
 * Letters that are not Latin are left out.
 */
export function slug(name: string): string {
  return name
    .normalize('NFC')
    .replace(/[^\0-\x7f]/g, spellOut)
    .replaceAll('&', ' and ')
    .replace(/([A-Z]{2})(\d)/g, '$1 $2')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z\d])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '')
    .join('_')
    .slice(0, longest)
}

function spellOut(character: string): string {
  const lower = character.toLowerCase()
  const known = spelledOut[lower]
  if (known === undefined) return character.normalize('NFKD').replace(/\p{M}/gu, '')
  return lower === character ? known : known.charAt(0).toUpperCase() + known.slice(1)
}
