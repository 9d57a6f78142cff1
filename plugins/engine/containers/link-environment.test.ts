import { expect, test } from 'vitest'
import { linkEnvironment } from './link-environment.ts'

const facts = { name: '/web/the-db', alias: 'the-db', address: '172.17.0.3' }

test('a container is told address, ports, name and variables of one that it links to', () => {
  expect(
    linkEnvironment({ ...facts, ports: ['5432/tcp', '80/udp'], env: ['A=1=2', 'PATH=/x', 'HOME=/y', 'GONE'] }),
  ).toEqual([
    'THE_DB_PORT=udp://172.17.0.3:80',
    'THE_DB_PORT_80_UDP=udp://172.17.0.3:80',
    'THE_DB_PORT_80_UDP_ADDR=172.17.0.3',
    'THE_DB_PORT_80_UDP_PORT=80',
    'THE_DB_PORT_80_UDP_PROTO=udp',
    'THE_DB_PORT_5432_TCP=tcp://172.17.0.3:5432',
    'THE_DB_PORT_5432_TCP_ADDR=172.17.0.3',
    'THE_DB_PORT_5432_TCP_PORT=5432',
    'THE_DB_PORT_5432_TCP_PROTO=tcp',
    'THE_DB_NAME=/web/the-db',
    'THE_DB_ENV_A=1=2',
  ])
  expect(linkEnvironment({ ...facts, ports: [], env: [] })).toEqual(['THE_DB_NAME=/web/the-db'])
})

test('three and more ports that follow each other are told as a range, too', () => {
  const told = linkEnvironment({ ...facts, ports: ['82/tcp', '80/tcp', '81/tcp', '90/tcp', '91/tcp'], env: [] })
  expect(told.slice(0, 7)).toEqual([
    'THE_DB_PORT=tcp://172.17.0.3:80',
    'THE_DB_PORT_80_TCP_START=tcp://172.17.0.3:80',
    'THE_DB_PORT_80_TCP_ADDR=172.17.0.3',
    'THE_DB_PORT_80_TCP_PROTO=tcp',
    'THE_DB_PORT_80_TCP_PORT_START=80',
    'THE_DB_PORT_80_TCP_END=tcp://172.17.0.3:82',
    'THE_DB_PORT_80_TCP_PORT_END=82',
  ])
  expect(told.filter((entry) => entry.includes('_END='))).toHaveLength(2)
})
