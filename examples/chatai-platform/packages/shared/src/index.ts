export * from './entities'
