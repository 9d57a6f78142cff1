import type { Host } from '../host.ts'

/**
 * Lets packets of our bridges through a FORWARD chain that drops by default, as Docker leaves it: one jump from
 * DOCKER-USER, or from FORWARD itself, into a chain of ours. What our own table drops stays dropped.
 */
export class ForeignForward {
  readonly #host: Host
  readonly #chain: string

  constructor(host: Host, instanceId: string) {
    this.#host = host
    this.#chain = `MOBY-${instanceId}-USER`
  }

  /** Brings the chain up to date. Answers what stands in the way when nothing can be done about it. */
  async allow(bridges: readonly string[]): Promise<string | undefined> {
    const listed = await this.#host.execute('iptables', ['--wait', '5', '-S'])
    if (listed === undefined || listed.code !== 0) {
      const [obstacle] = this.#host.netfilter.droppingForwardChains('ip')
      return obstacle === undefined
        ? undefined
        : `chain ${obstacle.chain} of table ip ${obstacle.table} drops forwarded packets, and there is no iptables to let ours through`
    }
    const lines = listed.stdout.split('\n')
    const docker = lines.includes('-N DOCKER-USER')
    if (!docker && !lines.includes('-P FORWARD DROP')) return undefined
    const from = docker ? 'DOCKER-USER' : 'FORWARD'
    const jump = `-A ${from} -j ${this.#chain}`
    const rules = bridges.flatMap((bridge) => [
      `-A ${this.#chain} -i ${bridge} -j ACCEPT`,
      `-A ${this.#chain} -o ${bridge} -j ACCEPT`,
    ])
    const script = [
      '*filter',
      `:${this.#chain} - [0:0]`,
      ...rules,
      ...(lines.includes(jump) ? [] : [`-I ${from} 1 -j ${this.#chain}`]),
      'COMMIT',
      '',
    ].join('\n')
    const present = lines.filter((line) => line.startsWith(`-A ${this.#chain} `))
    if (lines.includes(jump) && present.join('\n') === rules.join('\n')) return undefined
    const result = await this.#host.execute('iptables-restore', ['--noflush', '--wait', '5'], script)
    if (result?.code !== 0)
      return `packets of the bridges may be dropped: ${result?.stderr.trim() ?? 'no iptables-restore'}`
    return undefined
  }

  /** Removes jump and chain, wherever they are. */
  async remove(): Promise<void> {
    const listed = await this.#host.execute('iptables', ['--wait', '5', '-S'])
    const lines = listed?.stdout.split('\n') ?? []
    if (!lines.includes(`-N ${this.#chain}`)) return
    const script = [
      '*filter',
      `:${this.#chain} - [0:0]`,
      ...lines.filter((line) => line.endsWith(` -j ${this.#chain}`)).map((line) => line.replace('-A', '-D')),
      `-X ${this.#chain}`,
      'COMMIT',
      '',
    ].join('\n')
    await this.#host.execute('iptables-restore', ['--noflush', '--wait', '5'], script)
  }
}
