import { expect, test } from 'vitest'
import { slug } from '../../../src/formats/prisma/slug.js'

test.each([
  ['init', 'init'],
  ['add-otp-and-company-extensions', 'add_otp_and_company_extensions'],
  ['AddUserTable', 'add_user_table'],
  ['addHTTPHeaders', 'add_http_headers'],
  ['userIDs', 'user_i_ds'],
  ['API2Keys', 'api_2_keys'],
  ['fooBARbaz', 'foo_ba_rbaz'],
  ['A1B2', 'a1_b2'],
  ['Größe und Øre', 'groesse_und_ore'],
  ['café crème', 'cafe_creme'],
  ["don't drop the user's rows", 'don_t_drop_the_user_s_rows'],
  ['a & b', 'a_and_b'],
  ['--a__b--', 'a_b'],
  ['v2Beta', 'v2_beta'],
  ['…', ''],
  ['x'.repeat(300), 'x'.repeat(200)],
])('%s becomes %s', (name, expected) => {
  expect(slug(name)).toBe(expected)
})
