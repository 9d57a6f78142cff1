import { expect, test } from 'vitest'
import type { TestEngine } from './test-engine.ts'

export function proveConfinement(host: TestEngine): void {
  test('limits are seen inside', async () => {
    const { stdout } = await host.run(
      ['sh', '-c', 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes || cat /sys/fs/cgroup/memory.max; ulimit -n'],
      {
        networkMode: 'none',
        resources: { memoryBytes: 64 << 20, pidsLimit: 50, nanoCpus: 500_000_000 },
        ulimits: [{ name: 'nofile', soft: 99, hard: 99 }],
      },
    )
    expect(stdout).toBe(`${64 << 20}\n99\n`)
  })

  test('a container is confined as by dockerd', async () => {
    const script =
      'grep -E "^(Cap(Eff|Inh|Amb)|Seccomp|NoNewPrivs):" /proc/self/status; cat /proc/keys | wc -c; unshare -m true; echo $?'
    const { stdout } = await host.run(['sh', '-c', script], {
      networkMode: 'none',
      securityOptions: ['no-new-privileges'],
    })
    expect(stdout).toContain('CapEff:\t00000000a80425fb')
    expect(stdout).toContain('CapInh:\t0000000000000000')
    expect(stdout).toContain('CapAmb:\t0000000000000000')
    expect(stdout).toContain('NoNewPrivs:\t1')
    expect(stdout).toContain('Seccomp:\t2')
    expect(stdout.trim().split('\n').slice(-2)).toEqual(['0', '1'])
  })

  test('what is hidden from a container is told, and nothing is of a privileged one', async () => {
    const { containers } = host.booted.engine
    const specOf = async (spec: object) => {
      const { id } = await containers.create({ spec: { image: 'busybox', ...spec } })
      return (await containers.inspect({ ref: id })).spec
    }
    const plain = await specOf({})
    expect(plain.maskedPaths).toContain('/proc/kcore')
    expect(plain.readonlyPaths).toContain('/proc/sys')
    expect(await specOf({ maskedPaths: [], readonlyPaths: ['/a'] })).toMatchObject({
      maskedPaths: [],
      readonlyPaths: ['/a'],
    })
    expect(await specOf({ privileged: true })).not.toHaveProperty('maskedPaths')
  })

  test('a user by name, its groups and the working directory are as asked', async () => {
    const { stdout } = await host.run(['sh', '-c', 'id; pwd; echo $HOME $HOSTNAME $TOLD'], {
      networkMode: 'none',
      user: 'nobody',
      groupAdd: ['7'],
      workingDir: '/made/here',
      hostname: 'box',
      env: ['TOLD=yes'],
    })
    expect(stdout).toBe('uid=65534(nobody) gid=65534 groups=7,65534\n/made/here\n/ box yes\n')
  })

  test('a container that runs out of memory is told apart', async () => {
    const { id, exitCode } = await host.run(['sh', '-c', 'tail /dev/zero'], {
      networkMode: 'none',
      resources: { memoryBytes: 16 << 20, memorySwapBytes: 16 << 20 },
    })
    expect(exitCode).not.toBe(0)
    await expect.poll(async () => (await host.booted.engine.containers.inspect({ ref: id })).state.oomKilled).toBe(true)
  })

  test('namespaces are shared where asked', async () => {
    const owner = await host.start(['sleep', '100'], { networkMode: 'none', ipcMode: 'shareable', hostname: 'owner' })
    await host.exec(owner, ['sh', '-c', 'echo shared > /dev/shm/note'])
    const { stdout } = await host.run(['sh', '-c', 'cat /dev/shm/note; ps | grep -c "[s]leep 100$"'], {
      networkMode: 'none',
      ipcMode: `container:${owner}`,
      pidMode: `container:${owner}`,
    })
    expect(stdout).toBe('shared\n1\n')
  })

  test('a read-only root takes no writes but in its volumes, and privileges are as asked', async () => {
    const { stdout, stderr } = await host.run(['sh', '-c', 'touch /x; touch /tmp/y && echo ok; ls /dev/null'], {
      networkMode: 'none',
      readOnlyRoot: true,
      mounts: [{ type: 'tmpfs', target: '/tmp' }],
    })
    expect(stderr).toContain('Read-only file system')
    expect(stdout).toBe('ok\n/dev/null\n')
    const open = await host.run(['sh', '-c', 'grep CapEff /proc/self/status; mount -t tmpfs x /tmp && echo mounted'], {
      networkMode: 'none',
      privileged: true,
    })
    expect(open.stdout).toContain('mounted')
    expect(open.stdout).not.toContain('a80425fb')
  })
}
