import { authAuthorize, type ComponentContext } from '@moby/contracts'
import { expect, it } from 'vitest'
import component from './index.ts'
import type { RulesConfig } from './rule.ts'

it('warns of operations that the engine does not have when it is made, and decides on operations alone', async () => {
  const warnings: string[] = []
  const config: RulesConfig = {
    rules: [{ operations: ['http.*'], verdict: 'deny' }],
    otherwise: 'allow',
    message: 'no rule allows it',
  }
  const log = { warn: (message: string) => warnings.push(message) }
  const { provides } = await component.create({ config, log } as unknown as ComponentContext<RulesConfig>)
  expect(warnings).toEqual(['Rule 1 names http.*, which is no operation of this engine'])
  const { authorizeResponse } = provides[authAuthorize.id] as { authorizeResponse(): Promise<unknown> }
  await expect(authorizeResponse()).rejects.toMatchObject({ code: 'NOT_SUPPORTED' })
})
