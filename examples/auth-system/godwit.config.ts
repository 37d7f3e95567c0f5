import { defineConfig } from 'godwit'

export default defineConfig({
  format: 'node-pg-migrate',
  migrations: 'migrations',
  nodePgMigrate: { migrationFileLanguage: 'ts' },
})
