import { casesOf, showCases } from './adversarial-cases.ts'
import { showBench } from './bench-table.ts'
import type { Check } from './main.ts'
import { runScript } from './run-script.ts'
import { runTests } from './run-tests.ts'

/** Images from real registries, and a store that cannot rot. */
export const issue3: readonly Check[] = [
  {
    title:
      'a registry plain, with TLS, basic and token auth: push, pull by tag and digest, and errors that can be read',
    run: () => runTests('e2e', ['test/e2e/docker-registry.test.ts']),
  },
  {
    title: 'images to and fro with dockerd, skopeo, buildah and podman, indexes too; given back byte for byte',
    run: () => runScript('test/interop/main.ts'),
  },
  {
    title: 'a pull killed at 50 random points resumes; nothing is corrupt, nothing leaks',
    run: () => runTests('e2e', ['test/e2e/kill-pull.test.ts'], { MOBY_KILL_ROUNDS: '50' }),
  },
  {
    title: 'registries that cut, stall and lie',
    run: () => runTests('e2e', ['test/e2e/hostile-registry.test.ts']),
  },
  { title: 'hostile layers and archives, A1 to A26', run: () => showCases(casesOf('A', 26)) },
  { title: 'hostile manifests and registries, B1 to B23', run: () => showCases(casesOf('B', 23)) },
  {
    title: 'layers that dockerd, podman and umoci unpack to the same tree',
    run: () => runScript('test/interop/layers.ts'),
  },
  {
    title: 'archives: load, save, import, export, commit',
    run: () => runTests('e2e', ['test/e2e/docker-archives.test.ts'], { MOBY_LARGE_MIB: '1024' }),
  },
  {
    title: 'archives to and from dockerd, podman, skopeo and buildah',
    run: () => runScript('test/interop/archives.ts'),
  },
  { title: 'twenty Dockerfiles, the same as from dockerd', run: () => runScript('test/compat/builds.ts') },
  {
    title: 'the bench table of images',
    run: () =>
      showBench({
        groups: ['images'],
        contenders: ['moby', 'dockerd'],
        rows: [
          'docker pull of 1 GiB in 8 layers',
          'docker load',
          'docker save',
          'docker commit',
          'docker export',
          'pull of 50 small images at once',
          'list of images with 1,000 tags',
        ],
      }),
  },
]
