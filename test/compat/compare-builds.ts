import { readdir, readFile, cp, mkdtemp, rm, chmod, lutimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { addBuildx } from '../peers/buildx.ts'
import { DockerdPeer, dockerdFolder } from '../peers/dockerd.ts'
import { differences } from './compare.ts'
import { imageConfiguration, imageTree } from './image-contents.ts'
import { startDockerdSubject, startMobySubject, type Subject } from './subject.ts'

interface BuildCase {
  /** Further words of `docker build`. */
  readonly args?: readonly string[]
  /** The peer builds by BuildKit what its classic builder does not know. */
  readonly builder?: 'buildkit'
  readonly before?: readonly { readonly file: string; readonly tag: string }[]
  /** Archives that are made of a folder of the context. */
  readonly archives?: Readonly<Record<string, string>>
  readonly modes?: Readonly<Record<string, string>>
}

const folder = join(import.meta.dirname, 'dockerfiles')

/**
 * Builds every Dockerfile of `dockerfiles/` on dockerd and here, and compares trees and configurations. Answers a
 * sentence about what was seen; throws with every difference.
 */
export async function compareBuilds(wanted: readonly string[] = []): Promise<string> {
  if (!DockerdPeer.present)
    throw new Error(`There is no dockerd to compare with: run test/peers/make-dockerd ${dockerdFolder}`)
  const names = (await readdir(folder))
    .sort()
    .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
  // What is older than this came with a time of its own; what is younger was made by a build.
  const start = BigInt(Date.now() - 1000) * 1_000_000n
  const subjects: Subject[] = []
  const problems: string[] = []
  let files = 0
  try {
    subjects.push(await startDockerdSubject())
    subjects.push(await startMobySubject())
    const [dockerd, moby] = subjects as [Subject, Subject]
    const plugins = dockerd.facts.environment['DOCKER_CONFIG'] ?? ''
    await addBuildx(plugins)
    for (const subject of subjects) await subject.loadBusybox()
    for (const name of names) {
      const context = await prepare(name)
      try {
        const found = await compareCase(name, context, start, [dockerd, moby])
        files += found.files
        problems.push(...found.problems.map((problem) => `${name}: ${problem}`))
        console.log(`${name}: ${found.files} files, ${found.problems.length} differences`)
        for (const problem of found.problems) console.log(`  ${problem}`)
      } finally {
        await rm(context, { recursive: true, force: true })
      }
    }
  } finally {
    await Promise.all(subjects.map((each) => each.stop()))
  }
  if (problems.length > 0) throw new Error(`${problems.length} differences:\n${problems.join('\n')}`)
  return `${names.length} Dockerfiles gave the same ${files} files and the same configurations, and hit the cache when built again`
}

async function compareCase(name: string, context: string, start: bigint, [dockerd, moby]: readonly [Subject, Subject]) {
  const settings = await readSettings(name)
  const tag = `compat-${name}`
  const problems: string[] = []
  const results = []
  for (const subject of [dockerd, moby]) {
    const classic = subject === moby || settings.builder !== 'buildkit'
    for (const { file, tag: base } of settings.before ?? []) {
      await build(subject, classic, ['-t', base, '-f', join(context, file), context])
    }
    await build(subject, classic, ['-t', tag, ...(settings.args ?? []), context])
    results.push({
      tree: await imageTree(subject, tag, { start, folderTimes: settings.builder !== 'buildkit' }),
      configuration: await imageConfiguration(subject, tag, classic && settings.builder !== 'buildkit'),
    })
  }
  const [expected, actual] = results
  for (const { path, expected: wanted, actual: given } of differences(expected, actual)) {
    problems.push(`${path}: dockerd ${JSON.stringify(wanted)}, moby ${JSON.stringify(given)}`)
  }
  problems.push(...(await buildAgain(moby, ['-t', tag, ...(settings.args ?? []), context])))
  return { problems, files: Object.keys(expected?.tree ?? {}).length }
}

/** A second build takes every step but FROM from the cache and gives the same image. */
async function buildAgain(moby: Subject, args: readonly string[]): Promise<string[]> {
  const tag = args[1] ?? ''
  const idOf = async () => (await moby.docker(['image', 'inspect', '--format', '{{.Id}}', tag])).stdout
  const before = await idOf()
  const output = await build(moby, true, args)
  const stages = output.slice(output.indexOf(' : FROM'))
  const steps = stages.match(/^Step \d+\/\d+ : (?!FROM)/gm)?.length ?? 0
  const cached = stages.match(/^ ---> Using cache$/gm)?.length ?? 0
  const problems: string[] = []
  // Triggers of a base are no steps and are taken from the cache, too.
  if (cached < steps) problems.push(`second build: ${cached} of ${steps} steps from the cache`)
  if (/^ ---> Running in/m.test(output)) problems.push('second build: a step ran again')
  if ((await idOf()) !== before) problems.push('second build: another image')
  return problems
}

async function build(subject: Subject, classic: boolean, args: readonly string[]): Promise<string> {
  const result = await execa('docker', ['build', ...args], {
    reject: false,
    timeout: 120_000,
    all: true,
    stdin: 'ignore',
    env: { ...subject.facts.environment, DOCKER_BUILDKIT: classic ? '0' : '1' },
  })
  if (result.exitCode !== 0) throw new Error(`${subject.name}: docker build ${args.join(' ')}:\n${result.all}`)
  return result.all
}

async function readSettings(name: string): Promise<BuildCase> {
  const text = await readFile(join(folder, name, 'case.json'), 'utf8').catch(() => '{}')
  return JSON.parse(text) as BuildCase
}

/** A copy of the context with modes and times that a checkout does not keep. */
async function prepare(name: string): Promise<string> {
  const settings = await readSettings(name)
  const context = await mkdtemp(join(tmpdir(), 'compat-build-'))
  await cp(join(folder, name, 'context'), context, { recursive: true, verbatimSymlinks: true })
  for (const [path, mode] of Object.entries(settings.modes ?? {}))
    await chmod(join(context, path), Number.parseInt(mode, 8))
  for (const path of await readdir(context, { recursive: true }))
    await lutimes(join(context, path), 1_600_000_000, 1_600_000_000)
  for (const [archive, from] of Object.entries(settings.archives ?? {})) {
    const compress = archive.endsWith('.gz') ? ['-z'] : []
    await execa('tar', [
      ...compress,
      '--numeric-owner',
      '--owner=1234',
      '--group=4321',
      '--sort=name',
      '-cf',
      join(context, archive),
      '-C',
      join(context, from),
      '.',
    ])
  }
  return context
}
