import { BlockList, isIP } from 'node:net'
import { codedError } from '@moby/contracts'
import { isLoopback } from '../endpoint/loopback.ts'
import type { ClientSettings } from '../settings.ts'

/**
 * The proxy for a URL, undefined for none. Loopback is never reached through one, as in Go's net/http. Fails with
 * REGISTRY_CONFIG_INVALID for a proxy that is no URL of a known kind.
 */
export function proxyFor(url: URL, settings: ClientSettings): string | undefined {
  const text = url.protocol === 'https:' ? pick(settings, 'https') : pick(settings, 'http')
  if (text === undefined || text === '' || isLoopback(url.hostname) || isExcepted(url, pick(settings, 'no') ?? '')) {
    return undefined
  }
  const proxy = text.includes('://') ? text : `http://${text}`
  if (!URL.canParse(proxy) || !/^(?:https?|socks5):$/.test(new URL(proxy).protocol)) {
    throw codedError('REGISTRY_CONFIG_INVALID', `The proxy for ${url.protocol}// is no URL of http, https or socks5`, {
      hint: 'Set it as in `http://proxy.example:3128`, in the configuration or in the environment of the engine.',
    })
  }
  return proxy
}

function pick({ proxies, environment }: ClientSettings, key: 'http' | 'https' | 'no'): string | undefined {
  const name = `${key}_proxy`
  return proxies[key] ?? environment[name.toUpperCase()] ?? environment[name]
}

function isExcepted(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry.toLowerCase(), host, port))
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const [network, bits] = entry.split('/')
  if (network !== undefined && bits !== undefined) return isInNetwork(host, network, Number(bits))
  const [, name = entry, onPort] = /^(.*[^:]):(\d+)$/.exec(isIP(entry) === 6 ? '' : entry) ?? []
  if (onPort !== undefined && onPort !== port) return false
  const bare = name.replace(/^\*?\.|^\[|\]$/g, '')
  // `.example.com` is for what is below it, `example.com` for itself too.
  if (host === bare) return !/^\*?\./.test(name)
  return isIP(host) === 0 && host.endsWith(`.${bare}`)
}

function isInNetwork(host: string, network: string, bits: number): boolean {
  const family = isIP(host)
  if (family === 0 || isIP(network) !== family || !(bits >= 0 && bits <= (family === 4 ? 32 : 128))) return false
  const list = new BlockList()
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  list.addSubnet(network, bits, kind)
  return list.check(host, kind)
}
