import { isIP, isIPv4 } from 'node:net'
import { Type } from 'typebox'
import { holds, ignored, key, refused, taken, wrong, type DaemonKey, type Outcome } from '../daemon-key.ts'
import { networkOf } from '../network-of.ts'
import { addresses, bridgeDriver, engine } from '../takers.ts'

const Text = Type.String()
const Texts = Type.Array(Type.String())
const Truth = Type.Boolean()
const Pool = Type.Object(
  { base: Text, size: Type.Integer({ minimum: 1, maximum: 128 }) },
  { additionalProperties: false },
)

/** The predefined network, address pools, name lookup, firewall. */
export const networkKeys: Readonly<Record<string, DaemonKey>> = {
  'default-address-pools': key(Type.Array(Pool), (value) => taken(addresses(value, 'pools'))),
  bip: key(Text, (value) => {
    const network = networkOf(value)
    if (network === undefined || !isIPv4(network.address)) return wrong('it is no address with a length', cidr)
    return taken(engine(network.subnet, 'bridge', 'subnet'), engine(network.address, 'bridge', 'gateway'))
  }),
  'fixed-cidr': key(Text, (value) => prefix(value, 4, 'range')),
  'default-gateway': key(Text, (value, all) =>
    value === networkOf(String(all['bip']))?.address
      ? holds('it is the address of the bridge')
      : refused('containers of the network bridge leave it through the address of the bridge', 'set it by bip'),
  ),
  mtu: key(Type.Integer({ minimum: 68, maximum: 65_535 }), (value) => taken(engine(value, 'bridge', 'mtu'))),
  icc: key(Truth, (value) => taken(engine(value, 'bridge', 'icc'))),
  ip: key(Text, (value) =>
    isIPv4(value) ? taken(engine(value, 'bridge', 'hostBinding')) : wrong('it is no IPv4 address', 'write 127.0.0.1'),
  ),
  'ip-masq': key(Truth, (value) => taken(engine(value, 'bridge', 'masquerade'))),
  ipv6: key(Truth, (value) => taken(engine(value, 'bridge', 'ipv6'))),
  'fixed-cidr-v6': key(Text, (value) => prefix(value, 6, 'subnetIpv6')),
  bip6: key(Text, () => refused('the bridge has the first address of its network', 'write fixed-cidr-v6')),
  'default-gateway-v6': key(Text, () =>
    refused('containers of the network bridge leave it through the address of the bridge', 'remove default-gateway-v6'),
  ),
  bridge: key(Text, (value) => {
    if (value === '') return holds('the engine makes its own')
    if (value === 'none') {
      return refused('the network bridge is always there', 'run containers with --network none, which needs none')
    }
    return refused(
      'the network bridge is on a bridge of the engine',
      `make one on yours: docker network create -o com.docker.network.bridge.name=${value} NAME`,
    )
  }),
  dns: key(Texts, (value) => {
    const odd = value.find((each) => isIP(each) === 0)
    return odd === undefined
      ? taken(engine(value, 'dns'))
      : wrong(`"${odd}" is no address`, 'write addresses of servers')
  }),
  'dns-opts': key(Texts, (value) => taken(engine(value, 'dnsOptions'))),
  'dns-search': key(Texts, (value) => taken(engine(value, 'dnsSearch'))),
  'host-gateway-ip': key(Text, (value) => hostGateway(value)),
  'host-gateway-ips': key(Type.Union([Text, Texts]), (value) => hostGateway(value)),
  'resolv-conf': key(Text, (value) =>
    value === '' || value === '/etc/resolv.conf'
      ? holds('it is the file that is read')
      : refused('name servers of the host are read of /etc/resolv.conf', 'write the servers to dns'),
  ),
  iptables: key(Truth, (value) =>
    value ? holds('ports and isolation are rules of the host') : taken(bridgeDriver('none', 'firewall')),
  ),
  ip6tables: key(Truth, (value, all) => {
    if (value || all['iptables'] === false) return holds('it is as for IPv4')
    return refused('rules are made for IPv4 and IPv6, or for neither', 'write iptables: false too, or remove ip6tables')
  }),
  'ip-forward': key(Truth, (value) =>
    value
      ? holds('the engine has the host forward packets')
      : refused('networks need a host that forwards packets', 'remove ip-forward'),
  ),
  'ip-forward-no-drop': key(Truth, () => ignored('the policy of chains that are not ours is left as it is')),
  'allow-direct-routing': key(Truth, (value) =>
    value
      ? refused('containers are reached from outside through published ports', 'publish the ports')
      : holds('containers are reached from outside through published ports'),
  ),
  'userland-proxy': key(Truth, () => holds('ports are published by rules of the kernel')),
  'userland-proxy-path': key(Text, () => ignored('there is no such program: rules of the kernel publish ports')),
  'network-control-plane-mtu': key(Type.Integer(), () => ignored('it is for swarms, and there are none')),
  'default-network-opts': key(Type.Record(Type.String(), Type.Record(Type.String(), Type.String())), (value) =>
    Object.values(value).every((options) => Object.keys(options).length === 0)
      ? holds('it sets nothing')
      : refused('networks get the options that they are created with', 'write them to docker network create -o'),
  ),
}

const cidr = 'write an address and the length of its network: 192.168.1.1/24'

function prefix(value: string, version: 4 | 6, name: string): Outcome {
  const network = networkOf(value)
  if (network === undefined || isIP(network.address) !== version) {
    return wrong(`it is no prefix of IPv${version}`, version === 4 ? 'write 192.168.1.0/25' : 'write fd00:1::/64')
  }
  return taken(engine(network.subnet, 'bridge', name))
}

function hostGateway(value: string | readonly string[]): Outcome {
  if (value.length === 0) return holds('it sets nothing')
  return refused(
    'host-gateway stands for the address of the host on the network bridge',
    'write the address: docker run --add-host NAME:ADDRESS',
  )
}
