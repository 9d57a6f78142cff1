import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, connect, type Server } from 'node:net'
import process from 'node:process'

/** Makes an address on loopback reachable by the same address in the network namespace of a process. */
export class Forward {
  readonly #server: Server
  readonly #child: ChildProcess

  private constructor(server: Server, child: ChildProcess) {
    this.#server = server
    this.#child = child
  }

  /** `path` is for a Unix socket, which both namespaces see. */
  static async start(pid: number, address: string, path: string): Promise<Forward> {
    const [host = '', port = ''] = address.split(':')
    const server = createServer((client) => {
      const target = connect(Number(port), host)
      client.pipe(target).pipe(client)
      client.on('error', () => target.destroy())
      target.on('error', () => client.destroy())
    })
    server.listen(path)
    await once(server, 'listening')
    const script = `
      const { createServer, connect } = require('node:net')
      createServer((client) => {
        const target = connect(${JSON.stringify(path)})
        client.pipe(target).pipe(client)
        client.on('error', () => target.destroy())
        target.on('error', () => client.destroy())
      }).listen(${port}, ${JSON.stringify(host)}, () => console.log('ready'))`
    const child = spawn('nsenter', ['--target', String(pid), '--net', process.execPath, '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ready = await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => undefined)])
    if (ready === undefined) throw new Error(`Nothing forwards ${address} in the network namespace of ${pid}`)
    return new Forward(server, child)
  }

  async stop(): Promise<void> {
    const ended = this.#child.exitCode === null ? once(this.#child, 'exit') : undefined
    this.#child.kill('SIGKILL')
    await ended
    this.#server.close()
  }
}
