import { expect, test } from 'vitest'
import { committedConfig, mergeOver } from './committed-config.ts'

const process = {
  path: 'sh',
  args: [],
  env: ['PATH=/bin', 'A=1'],
  workingDir: '/w',
  user: 'u',
  entrypoint: ['e'],
  command: ['c', 'd'],
  exposedPorts: ['80/tcp'],
  volumes: ['/v'],
  labels: { l: '1' },
  stopSignal: 'SIGINT',
  healthcheck: { test: ['CMD', 'x'], intervalNs: 5_000_000_000, retries: 0 },
}

test('what a container runs is the configuration of its image', () => {
  expect(committedConfig(process)).toEqual({
    User: 'u',
    ExposedPorts: { '80/tcp': {} },
    Env: ['PATH=/bin', 'A=1'],
    Entrypoint: ['e'],
    Cmd: ['c', 'd'],
    Volumes: { '/v': {} },
    WorkingDir: '/w',
    Labels: { l: '1' },
    StopSignal: 'SIGINT',
    Healthcheck: { Test: ['CMD', 'x'], Interval: 5_000_000_000 },
  })
})

test('what a given configuration leaves open comes from the container', () => {
  const own = committedConfig(process)
  expect(mergeOver({}, own)).toEqual(own)
  expect(
    mergeOver({ Env: ['A=2'], Labels: { m: '2' }, ExposedPorts: { '81/udp': {} }, Healthcheck: { Retries: 3 } }, own),
  ).toMatchObject({
    Env: ['A=2', 'PATH=/bin'],
    Labels: { l: '1', m: '2' },
    ExposedPorts: { '80/tcp': {}, '81/udp': {} },
    Healthcheck: { Test: ['CMD', 'x'], Interval: 5_000_000_000, Retries: 3 },
  })
})

test('a given entrypoint stands without the command of the container', () => {
  const own = committedConfig(process)
  const merged = mergeOver({ Entrypoint: ['x'] }, own)
  expect([merged.Entrypoint, merged.Cmd]).toEqual([['x'], undefined])
  const withCommand = mergeOver({ Cmd: ['y'] }, own)
  expect([withCommand.Entrypoint, withCommand.Cmd]).toEqual([['e'], ['y']])
})
