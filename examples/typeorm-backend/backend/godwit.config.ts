import { defineConfig } from 'godwit'

export default defineConfig({
  format: 'typeorm',
  migrations: 'src/database/migrations',
  typeorm: { dataSource: 'src/data-source.ts' },
})
