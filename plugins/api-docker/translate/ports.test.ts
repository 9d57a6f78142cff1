import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePort, parsePortRange, toExposedPorts, toPorts } from './ports.ts'

const port = fc.integer({ min: 1, max: 65_535 })

describe('ports', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(port, port, fc.constantFrom('tcp', 'udp', 'sctp', 'TCP', ''), (a, b, protocol) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)]
        const written = `${first === last ? first : `${first}-${last}`}${protocol === '' ? '' : `/${protocol}`}`
        expect(parsePort(written)).toEqual({ first, last, protocol: protocol.toLowerCase() || 'tcp' })
      }),
    )
  })

  it('are never read from anything else', () => {
    fc.assert(
      fc.property(fc.string(), (written) => {
        const range = parsePortRange(written)
        if (range === undefined) return
        expect(range.first).toBeLessThanOrEqual(range.last)
        expect(range.last).toBeLessThanOrEqual(65_535)
        expect(written).toMatch(/^\d+(-\d+)?$/)
      }),
    )
    for (const written of ['', '-1', '80-', '90-80', '65536', '1e3', ' 80', '80,81']) {
      expect(parsePortRange(written)).toBeUndefined()
    }
  })

  it('of a range are exposed one by one', () => {
    expect(toExposedPorts(['80', '80/tcp', '3000-3002/udp'])).toEqual(['80/tcp', '3000/udp', '3001/udp', '3002/udp'])
  })

  it('are published with address, port, a range of ports, or what the driver chooses', () => {
    const bindings = {
      '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }, { HostPort: '9000-9010' }, {}],
      '53/udp': [{ HostIp: '[::1]', HostPort: '53' }],
      '443/tcp': [],
    }
    expect(toPorts(bindings)).toEqual([
      { protocol: 'tcp', containerPort: 80, hostIp: '127.0.0.1', hostPort: 8080 },
      { protocol: 'tcp', containerPort: 80, hostPort: 9000, hostPortEnd: 9010 },
      { protocol: 'tcp', containerPort: 80 },
      { protocol: 'udp', containerPort: 53, hostIp: '::1', hostPort: 53 },
    ])
  })

  it.each([
    [{ 'http/tcp': [{}] }, 'invalid port specification: "http"'],
    [{ '80-81/tcp': [{}] }, 'invalid port specification: "80-81"'],
    [{ '0/tcp': [{}] }, 'invalid port specification: "0"'],
    [{ '80/icmp': [{}] }, 'invalid proto: icmp'],
    [{ '80/tcp': [{ HostPort: '70000' }] }, 'invalid port specification: "70000"'],
    [{ '80/tcp': [{ HostIp: 'localhost' }] }, 'invalid IP address: localhost'],
  ])("are refused in Docker's words: %j", (bindings, message) => {
    expect(() => toPorts(bindings)).toThrow(message)
  })
})
