import { expect, test } from 'vitest'
import { checkUpdate } from './check-update.ts'

const refused = { code: 'CONTAINER_STATE' }

test('period and quota are refused where a share of the processors is set, and the reverse', () => {
  const share = { nanoCpus: 5e8 }
  expect(() => checkUpdate(share, { cpuPeriodUs: 50_000 })).toThrow(expect.objectContaining(refused))
  expect(() => checkUpdate(share, { cpuQuotaUs: 20_000 })).toThrow('CPU Quota cannot be updated as NanoCPUs')
  expect(() => checkUpdate({ cpuPeriodUs: 50_000 }, share)).toThrow('Nano CPUs cannot be updated as CPU Period')
  expect(() => checkUpdate({ cpuQuotaUs: 20_000 }, share)).toThrow('Nano CPUs cannot be updated as CPU Quota')
  checkUpdate(share, { nanoCpus: 1e9 })
  checkUpdate({ cpuPeriodUs: 50_000 }, { cpuQuotaUs: 20_000 })
})

test('more memory than memory and swap together needs new swap as well', () => {
  const held = { memoryBytes: 1 << 26, memorySwapBytes: 1 << 27 }
  expect(() => checkUpdate(held, { memoryBytes: 1 << 28 })).toThrow('update the memoryswap at the same time')
  checkUpdate(held, { memoryBytes: 1 << 28, memorySwapBytes: 1 << 29 })
  checkUpdate(held, { memoryBytes: 1 << 27 })
  checkUpdate({ memorySwapBytes: -1 }, { memoryBytes: 1 << 28 })
  checkUpdate({}, { memoryBytes: 1 << 28 })
})
