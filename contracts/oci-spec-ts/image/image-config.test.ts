import { describe, expect, test } from 'vitest'
import { validateImageConfig } from './image-config.ts'

const digest = `sha256:${'0'.repeat(64)}`
const valid = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [digest] } }
const config = (value: unknown) => ({ ...valid, config: value })

describe('an image configuration', () => {
  test.each([
    ['required members only', valid],
    [
      'everything that a builder writes',
      {
        ...valid,
        created: '2015-10-31T22:22:56.015925234Z',
        author: 'someone',
        variant: 'v8',
        config: {
          User: '1:1',
          ExposedPorts: { '8080/tcp': {} },
          Env: ['PATH=/bin', 'EMPTY=', 'LINES=a\nb'],
          Entrypoint: ['/bin/sh'],
          Cmd: ['-c', 'true'],
          Volumes: { '/data': {} },
          WorkingDir: '/',
          Labels: { a: 'b' },
          StopSignal: 'SIGKILL',
          Healthcheck: { Test: ['CMD', 'true'], Interval: 30_000_000_000, Retries: 3 },
        },
        history: [
          { created: '2015-10-31T22:22:54.690851953Z', created_by: 'ADD' },
          { created_by: 'CMD', empty_layer: true },
        ],
      },
    ],
    ['null where Go has an empty slice or map', config({ Env: null, Cmd: null, Labels: null, Volumes: null })],
    ['history that tells of fewer layers', { ...valid, history: [] }],
  ])('passes with %s', (_, value) => {
    expect(validateImageConfig(value)).toEqual({ ok: true, value })
  })

  test.each([
    ['no operating system', { architecture: 'amd64', rootfs: valid.rootfs }, ''],
    ['a number for the operating system', { ...valid, os: 123 }, '/os'],
    ['a number for the variant', { ...valid, variant: 123 }, '/variant'],
    ['a number for the user', config({ User: 1234 }), '/config/User'],
    ['text for the history', { ...valid, history: 'text' }, '/history'],
    ['a number in the environment', config({ Env: [7353] }), '/config/Env/0'],
    ['a variable without value', config({ Env: ['foo'] }), '/config/Env/0'],
    ['a variable without name', config({ Env: ['=foo'] }), '/config/Env/0'],
    ['volumes as a list', config({ Volumes: ['/data'] }), '/config/Volumes'],
    ['a root file system of another type', { ...valid, rootfs: { ...valid.rootfs, type: 'tar' } }, '/rootfs/type'],
    ['a layer id that is no digest', { ...valid, rootfs: { type: 'layers', diff_ids: ['x'] } }, '/rootfs/diff_ids/0'],
    ['a time that is none', { ...valid, created: 'yesterday' }, '/created'],
    ['history of a layer that is not there', { ...valid, history: [{}, {}] }, '/history'],
  ])('is refused with %s', (_, value, path) => {
    const answer = validateImageConfig(value)
    expect(answer.ok ? [] : answer.problems.map((problem) => problem.path)).toContain(path)
  })
})
