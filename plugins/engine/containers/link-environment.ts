/** What a container is told of one that it links to. */
export interface LinkFacts {
  /** `/web/db`: the container that links, and the alias. */
  readonly name: string
  readonly alias: string
  /** Without prefix length. */
  readonly address: string
  /** `80/tcp` */
  readonly ports: readonly string[]
  /** Variables of the linked container. */
  readonly env: readonly string[]
}

interface Port {
  readonly number: number
  readonly protocol: string
}

/** Of no use to somebody else. */
const ownVariables = ['HOME', 'PATH']

/** `DB_PORT_5432_TCP_ADDR=172.17.0.2` and the like: Docker's variables for links, in its order. */
export function linkEnvironment({ name, alias, address, ports, env }: LinkFacts): string[] {
  const prefix = alias.toUpperCase().replaceAll('-', '_')
  const sorted = ports.map(readPort).sort(inOrder)
  const url = ({ protocol, number }: Port) => `${protocol}://${address}:${number}`
  const variable = ({ number, protocol }: Port) => `${prefix}_PORT_${number}_${protocol.toUpperCase()}`
  const [first] = sorted
  const ranges = rangesOf(sorted).flatMap(({ from, to }) => {
    const start = variable(from)
    return [
      `${start}_START=${url(from)}`,
      `${start}_ADDR=${address}`,
      `${start}_PROTO=${from.protocol}`,
      `${start}_PORT_START=${from.number}`,
      `${prefix}_PORT_${from.number}_${to.protocol.toUpperCase()}_END=${url(to)}`,
      `${prefix}_PORT_${from.number}_${to.protocol.toUpperCase()}_PORT_END=${to.number}`,
    ]
  })
  const each = sorted.flatMap((port) => [
    `${variable(port)}=${url(port)}`,
    `${variable(port)}_ADDR=${address}`,
    `${variable(port)}_PORT=${port.number}`,
    `${variable(port)}_PROTO=${port.protocol}`,
  ])
  const told = env.filter((entry) => entry.includes('=') && !ownVariables.includes(entry.split('=')[0] ?? ''))
  return [
    ...(first === undefined ? [] : [`${prefix}_PORT=${url(first)}`]),
    ...ranges,
    ...each,
    `${prefix}_NAME=${name}`,
    ...told.map((entry) => `${prefix}_ENV_${entry}`),
  ]
}

function readPort(port: string): Port {
  const [number = '', protocol = 'tcp'] = port.split('/')
  return { number: Number(number), protocol }
}

/** By number, TCP before others. */
function inOrder(a: Port, b: Port): number {
  if (a.number !== b.number) return a.number - b.number
  return Number(a.protocol !== 'tcp') - Number(b.protocol !== 'tcp')
}

/** Three and more ports that follow each other. */
function rangesOf(ports: readonly Port[]): { from: Port; to: Port }[] {
  const ranges: { from: Port; to: Port }[] = []
  for (let at = 0; at < ports.length;) {
    let end = at
    while ((ports[end + 1]?.number ?? Number.NaN) === (ports[end]?.number ?? 0) + 1) end += 1
    const [from, to] = [ports[at], ports[end]]
    if (from !== undefined && to !== undefined && end > at + 1) ranges.push({ from, to })
    at = Math.max(end, at) + 1
  }
  return ranges
}
