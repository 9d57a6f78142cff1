import { expect, test } from 'vitest'
import { iptablesRemoval, iptablesScript, jumps } from './iptables-script.ts'
import { portKey, type NetworkRule, type PortRule, type Rules } from './rules.ts'

const open: NetworkRule = {
  bridge: 'br1',
  internal: false,
  icc: true,
  masquerade: true,
  modes: { ip: 'nat', ip6: 'nat' },
  sources: {},
  trusted: [],
  subnets: ['10.1.0.0/24', 'fd00::/64'],
}
const closed: NetworkRule = { ...open, bridge: 'br2', internal: true, icc: false, subnets: ['10.2.0.0/24'] }
const anywhere: PortRule = { family: 'ip', protocol: 'tcp', hostPort: 8080, address: '10.1.0.2', port: 80 }
const exact: PortRule = { ...anywhere, hostIp: '192.0.2.1', port: 81 }
const six: PortRule = { family: 'ip6', protocol: 'udp', hostPort: 53, address: 'fd00::2', port: 53 }

const rules: Rules = {
  networks: new Map([open, closed].map((rule) => [rule.bridge, rule])),
  ports: new Map([anywhere, exact, six].map((rule) => [portKey(rule), rule])),
}

const lines = (text: string) => text.split('\n')

test('a port on one address comes before the same on every address', () => {
  const script = lines(iptablesScript('ip', '0123abcd', rules, []))
  const published = script.filter((line) => line.includes('DNAT --to'))
  expect(published).toEqual([
    '-A MOBY-0123abcd-PUB -d 192.0.2.1 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.1.0.2:81',
    '-A MOBY-0123abcd-PUB -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.1.0.2:80',
  ])
  expect(iptablesScript('ip6', '0123abcd', rules, [])).toContain('--dport 53 -j DNAT --to-destination [fd00::2]:53')
})

test('an internal network is shut before published ports are let in, and gets no address of the host', () => {
  const script = lines(iptablesScript('ip', '0123abcd', rules, []))
  const at = (line: string) => script.indexOf(`-A MOBY-0123abcd-FWD ${line}`)
  expect(at('-i br1 -o br1 -j ACCEPT')).toBeGreaterThan(0)
  expect(at('-i br2 -o br2 -j ACCEPT')).toBe(-1)
  expect(at('-i br2 -j DROP')).toBeLessThan(at('-o br1 -m conntrack --ctstate DNAT -j ACCEPT'))
  expect(at('-o br2 -j DROP')).toBeLessThan(at('-o br1 -j DROP'))
  expect(script).toContain('-A MOBY-0123abcd-POST -s 10.1.0.0/24 ! -o br1 -j MASQUERADE')
  expect(script.join()).not.toContain('-s 10.2.0.0/24 ! -o br2')
})

test('only chains of the instance are emptied, and built-in chains get only the jumps that are missing', () => {
  const [first, ...others] = jumps('0123abcd')
  const script = lines(iptablesScript('ip', '0123abcd', rules, others))
  const changesOfOthers = script.filter((line) => /^(:|-)/.test(line) && !/^(:|-A )MOBY-0123abcd-/.test(line))
  expect(changesOfOthers).toEqual(others.map((jump) => `-I ${jump.from} 1 ${jump.words}`))
  expect(first).toBeDefined()
  const removal = lines(iptablesRemoval('0123abcd', others))
  const removed = removal.filter((line) => line.startsWith('-'))
  expect(removed.every((line) => line.includes('MOBY-0123abcd-'))).toBe(true)
  expect(removal.join()).not.toContain('-D PREROUTING -j MOBY-0123abcd-RAW')
})
