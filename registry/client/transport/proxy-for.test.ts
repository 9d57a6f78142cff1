import { expect, test } from 'vitest'
import { defaultSettings, type ProxySettings } from '../settings.ts'
import { proxyFor } from './proxy-for.ts'

const proxies = { http: 'http://plain.proxy:3128', https: 'http://secure.proxy:3128' }
const choose = (url: string, settings: ProxySettings = proxies, environment: Record<string, string> = {}) =>
  proxyFor(new URL(url), { ...defaultSettings, proxies: settings, environment })

test('each scheme has its proxy, and without one there is none', () => {
  expect(choose('https://registry.example')).toBe('http://secure.proxy:3128')
  expect(choose('http://registry.example')).toBe('http://plain.proxy:3128')
  expect(choose('https://registry.example', { http: 'http://plain.proxy' })).toBeUndefined()
})

test('the environment tells what the configuration does not, in capitals or without', () => {
  expect(choose('https://a.example', {}, { HTTPS_PROXY: 'proxy:1' })).toBe('http://proxy:1')
  expect(choose('https://a.example', {}, { https_proxy: 'socks5://proxy:1' })).toBe('socks5://proxy:1')
  expect(choose('https://a.example', proxies, { HTTPS_PROXY: 'http://other' })).toBe('http://secure.proxy:3128')
  expect(choose('https://a.example', { https: '' }, { HTTPS_PROXY: 'http://other' })).toBeUndefined()
  expect(choose('https://a.example', proxies, { NO_PROXY: 'a.example' })).toBeUndefined()
})

test('this machine is never reached through a proxy', () => {
  for (const host of ['localhost', '127.0.0.1:5000', '[::1]:5000', 'registry.localhost']) {
    expect(choose(`https://${host}`)).toBeUndefined()
  }
})

test.each([
  ['*', 'https://any.example', true],
  ['example.com', 'https://example.com', true],
  ['example.com', 'https://registry.example.com', true],
  ['example.com', 'https://notexample.com', false],
  ['.example.com', 'https://registry.example.com', true],
  ['.example.com', 'https://example.com', false],
  ['*.example.com', 'https://registry.example.com', true],
  ['example.com:5000', 'https://example.com:5000', true],
  ['example.com:5000', 'https://example.com', false],
  ['example.com:443', 'https://example.com', true],
  ['a.example, example.com b.example', 'https://b.example', true],
  ['10.0.0.0/8', 'https://10.1.2.3', true],
  ['10.0.0.0/8', 'https://11.1.2.3', false],
  ['10.0.0.0/99', 'https://10.1.2.3', false],
  ['2001:db8::/32', 'https://[2001:db8::5]:5000', true],
  ['2001:db8::5', 'https://[2001:db8::5]', true],
  ['[2001:db8::5]:5000', 'https://[2001:db8::5]:5000', true],
  ['1.2.3.4', 'https://1.2.3.4', true],
  ['2.3.4', 'https://1.2.3.4', false],
  ['EXAMPLE.com', 'https://Registry.Example.COM', true],
  ['', 'https://example.com', false],
])('NO_PROXY %j and %s: without a proxy %s', (no, url, isWithout) => {
  expect(choose(url, { ...proxies, no }) === undefined).toBe(isWithout)
})

test.each(['ftp://proxy', 'http://', '://'])('the proxy %j is refused', (https) => {
  expect(() => choose('https://a.example', { https })).toThrow(
    expect.objectContaining({ code: 'REGISTRY_CONFIG_INVALID' }) as Error,
  )
})
