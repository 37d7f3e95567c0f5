import { formatContract } from './format.js'
import { formatCases } from './format-cases.js'

for (const format of formatCases) formatContract(format)
