import { codedError } from '@moby/contracts'
import { afterEach, expect, it } from 'vitest'
import { sampleContainer } from '../../fixtures/fake-engine.ts'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

it('a link that is not there is told like a container, and no container is removed in its place', async () => {
  api = await startTestApi({
    containers: {
      inspect: async ({ ref }: { ref: string }) => {
        if (ref !== 'x') throw codedError('CONTAINER_NOT_FOUND', `No such container: ${ref}`)
        return sampleContainer({})
      },
    },
  })
  const refused = async (path: string) => {
    const { status, text } = await api.call('DELETE', path)
    return [status, (JSON.parse(text) as { message: string }).message]
  }
  expect(await refused('/containers/x/alias?link=1')).toEqual([404, 'No such container: x/alias'])
  expect(await refused('/containers/none/alias?link=1')).toEqual([404, 'No such container: none/alias'])
  expect(await refused('/containers/none?link=1')).toEqual([404, 'No such container: none'])
  expect(await refused('/containers/x?link=1')).toEqual([
    409,
    'Conflict, cannot remove the default link name of the container',
  ])
  expect(api.calls.map(({ operation }) => operation)).not.toContain('containers.remove')
})
