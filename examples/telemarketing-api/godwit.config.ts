import { defineConfig } from 'godwit'

export default defineConfig({
  format: 'mongo',
  migrations: 'src/database/migrations/run-migrations.ts',
})
