import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GoPlugin } from '../../e2e/go-plugin.ts'
import { writePluginFolder } from '../../e2e/plugin-folder.ts'
import type { Script } from '../script.ts'

/** A managed plugin from its making to its end, by the docker command. Needs Go, to build the plugin. */
export const pluginLife: Script = {
  name: 'plugin-life',
  recorded: false,
  async run(subject, note) {
    const plugin = await GoPlugin.build()
    const home = await mkdtemp(join(tmpdir(), 'moby-life-'))
    const began = Date.now() / 1000
    const step = async (...args: string[]) =>
      note(args.join(' ').replaceAll(home, 'FOLDER'), await subject.docker(args))
    try {
      await writePluginFolder(home, plugin.program, { network: { type: '' } })
      await step('plugin', 'create', 'life', home)
      await step('plugin', 'enable', 'life')
      note('enable again', await subject.docker(['plugin', 'enable', 'life']))
      await step('plugin', 'ls', '--format', '{{.Name}} {{.Enabled}}')
      await step('volume', 'create', '-d', 'life', 'lived')
      await step('volume', 'inspect', 'lived', '--format', '{{.Driver}} {{.Scope}} {{.Status.users}}')
      await step('info', '--format', '{{.Plugins.Volume}}')
      const run = ['run', '--rm', '--network', 'none', '-v', 'lived:/v', 'busybox']
      await step(...run, 'sh', '-c', 'echo hello > /v/file; cat /v/file')
      await step('run', '-d', '--name', 'keeper', '--network', 'none', '-v', 'lived:/v', 'busybox', 'sleep', '1000')
      note('inspect mounts', await subject.docker(['inspect', 'keeper', '--format', '{{(index .Mounts 0).Driver}}']))
      await step('plugin', 'disable', 'life')
      await step('plugin', 'rm', 'life')
      await step('plugin', 'set', 'life', 'DEBUG=1')
      note('upgrade', await subject.api('POST', '/plugins/life/upgrade?remote=localhost:1/none', []))
      await step('rm', '-f', 'keeper')
      await step('volume', 'rm', 'lived')
      note('rm of an enabled one', await subject.docker(['plugin', 'rm', 'life']))
      note('disable', await subject.docker(['plugin', 'disable', 'life']))
      note('disable again', await subject.docker(['plugin', 'disable', 'life']))
      note(
        'a volume of a disabled plugin',
        await subject.api('POST', '/volumes/create', { Name: 'late', Driver: 'life' }),
      )
      note('set', await subject.docker(['plugin', 'set', 'life', 'DEBUG=1']))
      note('enable by the whole name', await subject.docker(['plugin', 'enable', 'life:latest']))
      note('rm by force', await subject.docker(['plugin', 'rm', '-f', 'life']))
      const { body } = await subject.api('GET', `/events?since=${began}&until=${Date.now() / 1000}&filters=${filters}`)
      note('events', (Array.isArray(body) ? body : [body]).map(told))
    } finally {
      await plugin.remove()
      await rm(home, { recursive: true, force: true })
    }
  },
}

const filters = encodeURIComponent(JSON.stringify({ type: ['plugin'] }))

function told(event: unknown): string {
  const { Action, Actor } = event as { Action: string; Actor: { ID: string; Attributes: Record<string, string> } }
  return `${Action} ${Actor.ID.length} ${JSON.stringify(Actor.Attributes)}`
}
