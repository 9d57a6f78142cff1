import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { TestEngine } from './test-engine.ts'

export function proveVolumes(host: TestEngine): void {
  test('volumes are filled from the image, binds and tmpfs are mounted, a missing bind source is told', async () => {
    const bound = join(host.booted.root, 'bound')
    mkdirSync(bound)
    writeFileSync(join(bound, 'file'), 'from host\n')
    const mounts = [
      { type: 'volume', source: 'kept', target: '/data' },
      { type: 'bind', source: bound, target: '/bound', readOnly: true },
      { type: 'tmpfs', target: '/scratch', tmpfsSizeBytes: 1 << 20 },
      { type: 'bind', source: join(host.booted.root, 'made'), target: '/made', createSource: true },
    ] as const
    const script =
      'ls -n /data | tail -1 | cut -c1-40; cat /data/greeting /bound/file; touch /bound/x; df -k /scratch | tail -1 | tr -s " " | cut -d" " -f2; echo new > /data/greeting'
    const first = await host.run(['sh', '-c', script], { networkMode: 'none', mounts: [...mounts] })
    expect(first.stdout).toMatch(/ 5 +6 .*\nhello\nfrom host\n1024\n/)
    expect(first.stderr).toContain('Read-only file system')
    const second = await host.run(['cat', '/data/greeting'], { networkMode: 'none', mounts: [mounts[0]] })
    expect(second.stdout).toBe('new\n')
    expect(existsSync(join(host.booted.root, 'made'))).toBe(true)
    await expect(
      host.run(['true'], {
        networkMode: 'none',
        mounts: [{ type: 'bind', source: join(host.booted.root, 'no'), target: '/x' }],
      }),
    ).rejects.toThrow('bind source path does not exist')
  })

  test('anonymous volumes go with their container', async () => {
    const { id } = await host.booted.engine.containers.create({
      spec: { image: 'busybox', command: ['true'], volumes: ['/v'] },
    })
    const { mounts } = await host.booted.engine.containers.inspect({ ref: id })
    const folder = join(host.booted.root, 'd', 'local')
    expect(JSON.stringify(readdirSync(folder, { recursive: true }))).toContain(mounts[0]?.name)
    await host.booted.engine.containers.remove({ ref: id, volumes: true })
    expect(JSON.stringify(readdirSync(folder, { recursive: true }))).not.toContain(mounts[0]?.name)
  })
}
