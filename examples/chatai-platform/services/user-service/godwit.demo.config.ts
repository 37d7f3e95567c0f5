import { defineConfig } from 'godwit'

// What `npm run demo` uses: the same project on the embedded database, so that no server is needed.
export default defineConfig({
  format: 'typeorm',
  migrations: 'src/migrations',
  database: 'embedded',
  typeorm: { dataSource: 'src/data-source.ts' },
})
