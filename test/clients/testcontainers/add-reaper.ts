import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Contender } from '../../bench/contenders.ts'

export const reaperImage = 'moby-origin/reaper:1'

/** Builds the stand-in for the reaper, and an image of it on an engine. */
export async function addReaper(engine: Contender): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'moby-reaper-'))
  try {
    await execa('go', ['build', '-o', join(folder, 'reaper'), '.'], {
      cwd: join(import.meta.dirname, 'reaper'),
      env: { CGO_ENABLED: '0', GOCACHE: join(tmpdir(), 'moby-go-cache'), GOPROXY: 'off', GOFLAGS: '-mod=mod' },
    })
    // By its label the library knows a reaper that runs already.
    const lines = [
      'FROM scratch',
      'COPY reaper /reaper',
      'LABEL org.testcontainers.ryuk=true',
      'ENTRYPOINT ["/reaper"]',
    ]
    await writeFile(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`)
    await execa('docker', ['build', '-q', '-t', reaperImage, folder], {
      env: { ...engine.environment, DOCKER_BUILDKIT: '0' },
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
