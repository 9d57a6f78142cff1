import { codedError } from '@moby/contracts'
import { afterEach, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../fixtures/test-api.ts'

let api: TestApi
afterEach(async () => await api.close())

const archive = { 'content-type': 'application/x-tar' }
const linesOf = (text: string) =>
  text
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

it('a quiet build tells the image alone, and all its steps when it fails', async () => {
  let fails = false
  api = await startTestApi({
    builder: {
      build: async function* () {
        yield { stream: 'Step 1/2 : FROM busybox\n' }
        yield { stream: 'Step 2/2 : RUN false\n' }
        if (fails) throw codedError('BUILD_STEP_FAILED', 'it failed', { details: { exitCode: 3 } })
        yield { imageId: 'sha256:1' }
        yield { stream: 'Successfully built 1\n' }
      },
    },
  })
  const build = async () => linesOf((await api.call('POST', '/build?q=1', 'context', archive)).text)
  expect(await build()).toEqual([{ stream: 'sha256:1\n' }])
  fails = true
  expect(await build()).toEqual([
    { stream: 'Step 1/2 : FROM busybox\n' },
    { stream: 'Step 2/2 : RUN false\n' },
    { errorDetail: { code: 3, message: 'it failed' }, error: 'it failed' },
  ])
})

it('security options of a build are refused, in the form in which clients send them', async () => {
  api = await startTestApi()
  expect(await api.call('POST', '/build?securityopt=seccomp%3Dunconfined', 'context', archive)).toMatchObject({
    status: 400,
    text: '{"message":"security options are not supported on linux"}\n',
  })
})
