import { readFile, writeFile } from 'node:fs/promises'
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ComposeProject } from './project.ts'

type Step = readonly [title: string, show: (project: ComposeProject) => Promise<void>]

const upStates = ['setup exited', 'store running healthy', 'web running healthy', 'worker running']

/** What somebody does with an application, in order; each step leans on those before. */
export const journey: readonly Step[] = [
  [
    'up builds, makes networks and volumes, and starts in the order of health and completion',
    async (project) => {
      const { stderr } = await project.run(['up', '-d', '--build'])
      const order = ['store-1  Healthy', 'setup-1  Started', 'setup-1  Exited', 'web-1  Started', 'worker-1  Started']
      const places = order.map((line) => stderr.indexOf(line))
      ok(
        places.every((place, at) => place >= 0 && place > (places[at - 1] ?? -1)),
        stderr,
      )
      deepStrictEqual(await project.statesUntil(upStates), upStates)
      match(await project.docker('network', 'ls', '--format', '{{.Name}}'), /^shop_back$/m)
      strictEqual(await project.docker('volume', 'ls', '-q'), 'shop_goods')
    },
  ],
  [
    'what a service needs is in it: environment, secret, config, tmpfs, alias, volume',
    async (project) => {
      strictEqual(await project.tell('exec', '-T', 'web', 'wget', '-qO-', 'http://127.0.0.1/'), 'sesame')
      strictEqual(await project.tell('exec', '-T', 'store', 'cat', '/run/secrets/password'), 'sesame')
      strictEqual(await project.tell('exec', '-T', 'web', 'cat', '/etc/motto'), 'always open')
      strictEqual(await project.tell('exec', '-T', 'worker', 'wget', '-qO-', 'http://shopfront/greeting'), 'good day')
      match(await project.tell('exec', '-T', 'worker', 'grep', '/scratch', '/proc/mounts'), /^tmpfs \/scratch tmpfs/)
      strictEqual(await project.tell('exec', '-T', 'store', 'cat', '/data/setup'), 'sesame')
    },
  ],
  [
    'an internal network does not reach out, and its services find each other',
    async (project) => {
      const routes = await project.tell('exec', '-T', 'worker', 'ip', 'route')
      ok(!routes.includes('default'), routes)
      match(await project.tell('exec', '-T', 'web', 'ip', 'route'), /^default via /m)
    },
  ],
  [
    'up again changes nothing',
    async (project) => {
      const before = await project.ids()
      await project.run(['up', '-d'])
      deepStrictEqual(await project.ids(), before)
      deepStrictEqual(await project.statesUntil(upStates), upStates)
    },
  ],
  [
    'a service whose configuration changed is made anew, the others stay',
    async (project) => {
      const [store, worker] = [await project.ids('store'), await project.ids('worker')]
      const file = join(project.folder, 'compose.yaml')
      const text = await readFile(file, 'utf8')
      await writeFile(file, text.replace('echo at work', 'echo hard at work'))
      await project.run(['up', '-d'])
      deepStrictEqual(await project.ids('store'), store)
      ok((await project.ids('worker')).join() !== worker.join())
    },
  ],
  [
    'a service of a profile runs when it is asked for',
    async (project) => {
      strictEqual(await project.tell('run', '--rm', '-T', 'tools'), 'sesame')
      match(await project.tell('--profile', 'tools', 'up', '--no-log-prefix', 'tools'), /^sesame$/m)
      await project.run(['--profile', 'tools', 'rm', '-f', 'tools'])
    },
  ],
  [
    'scale makes more and takes them away again',
    async (project) => {
      await project.run(['up', '-d', '--scale', 'worker=3', '--no-recreate'])
      strictEqual((await project.ids('worker')).length, 3)
      const addresses = await project.tell('exec', '-T', 'web', 'nslookup', '-type=a', 'worker')
      strictEqual(new Set(addresses.match(/^Address: [\d.]+$/gm)).size, 3, addresses)
      await project.run(['scale', 'worker=1'])
      strictEqual((await project.ids('worker')).length, 1)
    },
  ],
  [
    'ps, port, top, images, ls, volumes and stats tell of it',
    async (project) => {
      match(await project.tell('ps'), /shop-web-1 +shop-web +"serve" +web .*\(healthy\) +0\.0\.0\.0:\d+->80\/tcp/)
      match(await project.tell('port', 'web', '80'), /^0\.0\.0\.0:\d+$/)
      match(await project.tell('top', 'web'), /httpd -f -p 80 -h \/www/)
      match(await project.tell('images', 'web'), /shop-web-1 +shop-web +latest/)
      match(await project.tell('ls'), /^shop +running\(3\)/m)
      match(await project.tell('volumes'), /^local +shop_goods$/m)
      match(await project.tell('stats', '--no-stream', 'web'), /shop-web-1 +[\d.]+%/)
    },
  ],
  [
    'logs are read back and followed',
    async (project) => {
      match(await project.tell('logs', '--no-log-prefix', 'setup'), /^set up$/m)
      const following = project.start('logs', '-f', '--tail', '0', 'worker')
      await sleep(4_000)
      following.kill('SIGINT')
      const { stdout } = await following
      ok(stdout.split('\n').filter((line) => /^worker-1 +\| hard at work$/.test(line)).length >= 2, stdout)
    },
  ],
  [
    'cp brings files in and out',
    async (project) => {
      await writeFile(join(project.folder, 'note'), 'a note\n')
      await project.run(['cp', 'note', 'web:/tmp/note'])
      strictEqual(await project.tell('exec', '-T', 'web', 'cat', '/tmp/note'), 'a note')
      await project.run(['cp', 'web:/www/greeting', 'greeting'])
      strictEqual(await readFile(join(project.folder, 'greeting'), 'utf8'), 'good day\n')
    },
  ],
  [
    'events tell what happens, with the service that it happens to',
    async (project) => {
      const watching = project.start('events', '--json')
      await sleep(1_000)
      await project.run(['restart', 'worker'])
      await sleep(1_000)
      watching.kill('SIGINT')
      const { stdout } = await watching
      const events = stdout.split('\n').flatMap((line) => {
        const { action, service } = (line === '' ? {} : JSON.parse(line)) as { action?: string; service?: string }
        return service === 'worker' && action !== undefined ? [action] : []
      })
      // dockerd tells of `stop` before or after `die`, as it comes.
      deepStrictEqual(
        events.filter((action) => action !== 'stop'),
        ['kill', 'die', 'start', 'restart'],
      )
      ok(events.includes('stop'), stdout)
    },
  ],
  [
    'pause and unpause',
    async (project) => {
      await project.run(['pause', 'worker'])
      ok((await project.states()).includes('worker paused'))
      await project.run(['unpause', 'worker'])
      ok((await project.states()).includes('worker running'))
    },
  ],
  [
    'stop, start and kill, and wait for the end of a service',
    async (project) => {
      await project.run(['stop', 'web'])
      match((await project.states()).join(), /web exited/)
      await project.run(['start', 'web'])
      deepStrictEqual(await project.statesUntil(upStates), upStates)
      const waiting = project.start('wait', 'worker')
      await sleep(1_000)
      await project.run(['kill', 'worker'])
      strictEqual((await waiting).exitCode, 137)
    },
  ],
  [
    'a command of a service whose exit code is not 0 gives that code',
    async (project) => {
      await project.run(['run', '--rm', '-T', 'worker', 'sh', '-c', 'exit 7'], 7)
      await project.run(['exec', '-T', 'web', 'sh', '-c', 'exit 9'], 9)
    },
  ],
  [
    'down -v leaves nothing',
    async (project) => {
      await project.run(['down', '-v', '-t', '1'])
      strictEqual(await project.docker('ps', '-aq'), '')
      strictEqual(await project.docker('volume', 'ls', '-q'), '')
      strictEqual(await project.docker('network', 'ls', '-q', '--filter', 'type=custom'), '')
    },
  ],
]
