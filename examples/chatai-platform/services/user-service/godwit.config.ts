import { defineConfig } from 'godwit'

export default defineConfig({
  format: 'typeorm',
  migrations: 'src/migrations',
  seeds: 'src/seeds',
  typeorm: { dataSource: 'src/data-source.ts' },
})
