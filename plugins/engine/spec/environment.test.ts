import { expect, test } from 'vitest'
import { completeEnvironment, containerEnvironment } from './environment.ts'

test('a container tells its own variables as given, then those of the image that it does not name', () => {
  expect(containerEnvironment(['B=2', 'GONE', 'A='], ['A=1', 'GONE=x', 'C=3'])).toEqual(['B=2', 'GONE', 'A=', 'C=3'])
})

test('a process has no variable that its container took away', () => {
  const facts = { hostname: 'h', terminal: false, home: '/root' }
  expect(completeEnvironment(['PATH=/x', 'HOSTNAME', 'A=1'], facts)).toEqual(['PATH=/x', 'A=1', 'HOME=/root'])
})
