import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { execa } from 'execa'
import { docker, loadBusybox, type Contender } from './contenders.ts'
import { ask } from './ask.ts'

/** Something that is measured; `prepare` is not. */
export interface ImageTask {
  readonly title: string
  readonly prepare?: (contender: Contender) => Promise<void>
  readonly run: (contender: Contender) => Promise<void>
  /** How often `run` does it; once unless given. */
  readonly times?: number
}

export interface ImageTaskFacts {
  /** References of the large image and the small ones, in a registry on loopback. */
  readonly bulk: string
  readonly small: readonly string[]
  /** The large image in words. */
  readonly bulkWords: string
  /** Where the archive that all load is kept. */
  readonly archive: string
  readonly contenders: readonly Contender[]
}

const tagCount = 1000

/** In the order in which they are done: later ones find what earlier ones left. */
export function imageTasks(facts: ImageTaskFacts): readonly ImageTask[] {
  const { bulk, small, archive } = facts
  return [
    {
      title: `docker pull of ${facts.bulkWords} from loopback`,
      prepare: (contender) => forget(contender, [bulk]),
      async run(contender) {
        const said = await docker(contender, ['pull', bulk])
        assert.equal(said.match(/: Pull complete/g)?.length, 8, said)
      },
    },
    {
      title: 'docker save of the same image',
      run: async (contender) => void (await toNowhere(contender, ['save', bulk])),
    },
    {
      title: 'docker load of its archive',
      async prepare(contender) {
        if (!existsSync(archive)) await docker(facts.contenders.at(-1) ?? contender, ['save', '-o', archive, bulk])
        await forget(contender, [bulk])
      },
      run: async (contender) => void (await docker(contender, ['load', '-q', '-i', archive])),
    },
    {
      title: 'docker export of a container of it',
      async prepare(contender) {
        await docker(contender, ['rm', '-f', 'exported'])
        await docker(contender, ['create', '--network', 'none', '--name', 'exported', bulk])
      },
      run: async (contender) => void (await toNowhere(contender, ['export', 'exported'])),
    },
    {
      title: 'docker commit of 2,000 files of 64 KiB',
      async prepare(contender) {
        await forget(contender, ['committed'])
        await makeChangedContainer(contender)
      },
      run: async (contender) => void (await docker(contender, ['commit', 'changed', 'committed'])),
    },
    {
      title: `pull of ${small.length} small images at once`,
      prepare: (contender) => forget(contender, small),
      async run(contender) {
        await Promise.all(small.map((reference) => pull(contender, reference)))
      },
    },
    {
      title: 'list of images with 1,000 tags',
      times: 20,
      prepare: (contender) => tagOften(contender, small),
      async run(contender) {
        for (let each = 0; each < 20; each += 1) {
          const { body } = await ask(contender.socket, 'GET', '/v1.47/images/json')
          assert.ok(body.split(':many-').length > tagCount)
        }
      },
    },
  ]
}

/** Removes images and what they leave, so that the next pull or load finds nothing. */
async function forget(contender: Contender, references: readonly string[]): Promise<void> {
  await docker(contender, ['rmi', '-f', ...references])
  await docker(contender, ['image', 'prune', '-f'])
}

async function toNowhere(contender: Contender, args: readonly string[]): Promise<void> {
  await execa('docker', args, { env: contender.environment, stdout: 'ignore' })
}

async function makeChangedContainer(contender: Contender): Promise<void> {
  const { body } = await ask(contender.socket, 'GET', '/v1.47/containers/changed/json')
  if (JSON.parse(body).Id !== undefined) return
  await loadBusybox(contender)
  const write = 'mkdir /data; for i in $(seq 2000); do head -c 65536 /dev/urandom >/data/$i; done'
  await docker(contender, ['run', '--network', 'none', '--name', 'changed', 'busybox', 'sh', '-c', write])
}

async function pull(contender: Contender, reference: string): Promise<void> {
  const query = new URLSearchParams({ fromImage: reference, tag: 'latest' })
  const { status, body } = await ask(contender.socket, 'POST', `/v1.47/images/create?${query.toString()}`)
  if (status !== 200 || body.includes('"errorDetail"')) throw new Error(`pull answered ${status}: ${body}`)
}

async function tagOften(contender: Contender, references: readonly string[]): Promise<void> {
  const { body } = await ask(contender.socket, 'GET', '/v1.47/images/json')
  if (body.split(':many-').length > tagCount) return
  for (let each = 0; each < tagCount; each += 1) {
    const reference = references[each % references.length] ?? ''
    const query = new URLSearchParams({ repo: reference, tag: `many-${each}` })
    const { status, body } = await ask(contender.socket, 'POST', `/v1.47/images/${reference}/tag?${query.toString()}`)
    if (status !== 201) throw new Error(`tag answered ${status}: ${body}`)
  }
}
