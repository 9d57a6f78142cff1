import { codedError } from '@moby/contracts'
import { expect, test } from 'vitest'
import { buildFailure } from './build-failure.ts'

const dockerfile = Array.from({ length: 30 }, (_, at) => `RUN step ${at + 1}`).join('\n')
const place = { filename: 'Dockerfile', dockerfile, line: 20 }
const sourceOf = (failure: ReturnType<typeof buildFailure>) =>
  JSON.parse(Buffer.from(failure.details[0]?.value ?? []).toString()) as {
    info: { filename: string; data: string }
    ranges: { start: { line: number } }[]
  }

test('a command that fails is told in the words of BuildKit, with the lines around it', () => {
  const details = { exitCode: 3, command: '/bin/sh -c exit 3' }
  const failure = buildFailure(codedError('BUILD_STEP_FAILED', 'The command …', { details }), place)
  expect([failure.code, failure.message]).toEqual([
    2,
    'process "/bin/sh -c exit 3" did not complete successfully: exit code: 3',
  ])
  expect(failure.details[0]?.typeUrl).toBe('github.com/moby/buildkit/errdefs.Source+json')
  const { info, ranges } = sourceOf(failure)
  expect([info.filename, ranges[0]?.start.line]).toEqual(['Dockerfile', 20])
  const lines = Buffer.from(info.data, 'base64').toString().split('\n')
  expect([lines[19], lines[13], lines[12], lines.length]).toEqual(['RUN step 20', 'RUN step 14', '', 26])
})

test('a Dockerfile that cannot be read is told with its own line, and other errors with their remedy', () => {
  const unread = codedError('DOCKERFILE_INVALID', 'dockerfile parse error on line 7: no', { details: { line: 7 } })
  expect(sourceOf(buildFailure(unread, place)).ranges[0]?.start.line).toBe(7)
  const other = codedError('BUILD_CONTEXT_INVALID', 'It is not there', { hint: 'Put it there.' })
  const failure = buildFailure(other, { ...place, line: 0 })
  expect([failure.message, failure.details]).toEqual(['It is not there. Put it there.', []])
})
