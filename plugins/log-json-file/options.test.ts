import { info } from '@moby/lib-log-files/testing'
import { expect, test } from 'vitest'
import { checkTag, lineAttributes } from './attributes.ts'
import { readOptions } from './options.ts'

test.each([
  ['10m', 10_000_000],
  ['10k', 10_000],
  ['1.5g', 1_500_000_000],
  ['20MB', 20_000_000],
  ['512', 512],
  ['3 kb', 3_000],
])('the size %s is %i bytes', (text, bytes) => {
  expect(readOptions({ 'max-size': text }).maxSize).toBe(bytes)
})

test.each([
  [{ x: '1' }, "unknown log opt 'x' for json-file log driver"],
  [{ 'max-size': 'big' }, "invalid size: 'big'"],
  [{ 'max-size': '0' }, 'max-size must be a positive number'],
  [{ 'max-file': '0' }, 'max-file cannot be less than 1'],
  [{ 'max-file': 'two' }, "max-file is not a number: 'two'"],
  [{ compress: 'maybe' }, "compress is neither true nor false: 'maybe'"],
  [{ compress: 'true' }, 'compress cannot be true when max-file is less than 2 or max-size is not set'],
  [{ 'env-regex': '(' }, "env-regex is no regular expression: '('"],
  [{ mode: 'non-blocking' }, 'logger: logging mode not supported: non-blocking'],
])('the options %j are refused', (options, message) => {
  expect(() => readOptions(options as Record<string, string>)).toThrow(
    expect.objectContaining({ code: 'LOG_OPTION_INVALID', message }),
  )
})

test('defaults of the component count where a container says nothing', () => {
  const defaults = { maxSize: '1m', maxFile: 3 }
  expect(readOptions({}, defaults)).toMatchObject({ maxSize: 1_000_000, maxFile: 3 })
  expect(readOptions({ 'max-file': '5' }, defaults)).toMatchObject({ maxSize: 1_000_000, maxFile: 5 })
  expect(readOptions({})).toMatchObject({ maxSize: undefined, maxFile: 1, compress: false })
})

test('labels, environment and tag become attributes of every line', () => {
  const attributes = (options: Record<string, string>) => lineAttributes(readOptions(options), info)
  expect(attributes({})).toBeUndefined()
  expect(attributes({ labels: 'tier,none', env: 'A,EMPTY' })).toEqual({ tier: 'front', A: '1' })
  expect(attributes({ 'labels-regex': '^com\\.', 'env-regex': '^B' })).toEqual({
    'com.example.team': 'blue',
    B_X: '2=3',
  })
  expect(attributes({ tag: '{{.Name}}/{{ .ID }}/{{.ImageID}}/{{.ImageName}}' })).toEqual({
    tag: 'web/abcdef012345/0123456789ab/busybox:1',
  })
  expect(() => checkTag('{{range .Env}}')).toThrow(expect.objectContaining({ code: 'LOG_OPTION_INVALID' }))
})
