import { isIP } from 'node:net'
import { codedError, type EndpointInterface, type JoinResult } from '@moby/contracts'

interface ToldInterface {
  readonly Address: string
  readonly AddressIPv6: string
  readonly MacAddress: string
}

interface ToldJoin {
  readonly InterfaceName?:
    | { readonly SrcName: string; readonly DstName: string; readonly DstPrefix: string }
    | undefined
  readonly Gateway: string
  readonly GatewayIPv6: string
  readonly StaticRoutes: readonly {
    readonly Destination: string
    readonly RouteType: number
    readonly NextHop: string
  }[]
  readonly DisableGatewayService: boolean
}

/** The largest name of a link in Linux, without its end. */
const longestLink = 15

/**
 * What a plugin adds to an endpoint: only what the engine left open, and only what it claims to be. Fails with
 * PLUGIN_LIED.
 */
export function fillInterface(
  wish: EndpointInterface,
  told: ToldInterface | undefined,
  plugin: string,
): EndpointInterface {
  if (told === undefined) return {}
  const filled: Record<string, string> = {}
  const take = (key: keyof EndpointInterface, value: string, isGood: (text: string) => boolean) => {
    if (value === '') return
    const given = wish[key] ?? ''
    if (given !== '') throw lie(plugin, `changed the ${key} ${given} of an endpoint to ${value}`)
    if (!isGood(value)) throw lie(plugin, `gave an endpoint the ${key} ${JSON.stringify(value)}`)
    filled[key] = value
  }
  take('address', told.Address, (text) => isPrefix(text, 4))
  take('addressIpv6', told.AddressIPv6, (text) => isPrefix(text, 6))
  take('macAddress', told.MacAddress, (text) => /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text))
  return filled
}

/** What a plugin answered to `Join`, in the form of the contract. Fails with PLUGIN_LIED. */
export function checkJoin(told: ToldJoin, plugin: string): JoinResult {
  const { InterfaceName: names } = told
  const gateway = checkAddress(told.Gateway, 4, plugin)
  const gatewayIpv6 = checkAddress(told.GatewayIPv6, 6, plugin)
  return {
    ...(names === undefined || names.SrcName === ''
      ? {}
      : {
          link: {
            source: checkLink(names.SrcName, plugin),
            prefix: names.DstPrefix === '' ? 'eth' : checkLink(names.DstPrefix, plugin),
            ...(names.DstName === '' ? {} : { name: checkLink(names.DstName, plugin) }),
          },
        }),
    ...(gateway === '' ? {} : { gateway }),
    ...(gatewayIpv6 === '' ? {} : { gatewayIpv6 }),
    ...(told.StaticRoutes.length === 0 ? {} : { routes: told.StaticRoutes.map((route) => checkRoute(route, plugin)) }),
    disableGatewayService: told.DisableGatewayService,
  }
}

function checkRoute(route: ToldJoin['StaticRoutes'][number], plugin: string) {
  const { Destination: destination, RouteType: type, NextHop: nextHop } = route
  if (!isPrefix(destination, 4) && !isPrefix(destination, 6)) {
    throw lie(plugin, `told a route to ${JSON.stringify(destination)}`)
  }
  if (type === 1) return { destination, kind: 'connected' as const }
  if (isIP(nextHop) === 0) throw lie(plugin, `told a route by way of ${JSON.stringify(nextHop)}`)
  return { destination, kind: 'next-hop' as const, nextHop }
}

function checkAddress(text: string, version: 4 | 6, plugin: string): string {
  if (text !== '' && isIP(text) !== version) {
    throw lie(plugin, `told the IPv${version} gateway ${JSON.stringify(text)}`)
  }
  return text
}

function checkLink(name: string, plugin: string): string {
  if (!/^[^\s/:]+$/.test(name) || name === '.' || name === '..' || Buffer.byteLength(name) > longestLink) {
    throw lie(plugin, `named the link ${JSON.stringify(name)}`)
  }
  return name
}

/** An address with its prefix length. */
export function isPrefix(text: string, version: 4 | 6): boolean {
  const [address = '', length = '', ...more] = text.split('/')
  return (
    more.length === 0 &&
    isIP(address) === version &&
    /^\d{1,3}$/.test(length) &&
    Number(length) <= (version === 4 ? 32 : 128)
  )
}

export function lie(plugin: string, what: string): Error {
  return codedError('PLUGIN_LIED', `The plugin ${plugin} ${what}, which cannot be`, {
    hint: 'what it had begun was undone; see the log of the plugin',
    details: { plugin },
  })
}
