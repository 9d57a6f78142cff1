import { expect, test } from 'vitest'
import { readOptions } from './options.ts'

test('without options there are five files of 20 MiB, and those that are full are compressed', () => {
  expect(readOptions({})).toEqual({ maxSize: 20 * 1024 * 1024, maxFile: 5, compress: true })
})

test('options come before the defaults of the component', () => {
  const defaults = { maxSize: '1m', maxFile: 3, compress: false }
  expect(readOptions({}, defaults)).toEqual({ maxSize: 1_000_000, maxFile: 3, compress: false })
  expect(readOptions({ 'max-size': '2k', compress: 'true', mode: 'blocking' }, defaults)).toEqual({
    maxSize: 2_000,
    maxFile: 3,
    compress: true,
  })
  expect(readOptions({ 'max-file': '0', compress: 'F' }).maxFile).toBe(0)
})

test.each([
  [{ labels: 'a' }, "unknown log opt 'labels' for log driver local"],
  [{ 'max-size': 'big' }, "invalid value for max-size: big: invalid size: 'big'"],
  [{ 'max-size': '1x' }, "invalid value for max-size: 1x: invalid suffix: 'x'"],
  [{ 'max-size': '-1' }, "invalid value for max-size: -1: invalid size: '-1'"],
  [{ 'max-size': '1.2.3k' }, 'invalid value for max-size: 1.2.3k: strconv.ParseFloat: parsing "1.2.3": invalid syntax'],
  [{ 'max-size': '0' }, 'max size should be a positive number'],
  [{ 'max-file': 'two' }, 'invalid value for max-file: two: strconv.Atoi: parsing "two": invalid syntax'],
  [{ 'max-file': '-1', compress: 'false' }, 'max file count cannot be less than 0'],
  [{ 'max-file': '1' }, 'compression cannot be enabled when max file count is 1'],
  [{ compress: 'maybe' }, 'error reading compress log option: strconv.ParseBool: parsing "maybe": invalid syntax'],
  [{ mode: 'non-blocking' }, 'logger: logging mode not supported: non-blocking'],
  [{ 'max-buffer-size': '1m' }, "logger: max-buffer-size option is only supported with 'mode=non-blocking'"],
])('the options %j are refused', (options, message) => {
  expect(() => readOptions(options as Record<string, string>)).toThrow(
    expect.objectContaining({ code: 'LOG_OPTION_INVALID', message }),
  )
})
