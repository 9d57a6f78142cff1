import type { BuildProgress } from '@moby/contracts'
import { toBytes } from '../context/names.ts'
import { folderItem } from '../copy/layer-item.ts'
import { streamLayer } from '../copy/stream-layer.ts'
import { expandWord } from '../expand/expand-word.ts'
import type { Build } from './build-parts.ts'
import { commitStep } from './commit-step.ts'
import { findDestination } from './find-destination.ts'
import { workingDirectory } from './metadata-steps.ts'
import { shellOf, variablesOf, type StageState } from './stage-state.ts'

/** WORKDIR: the directory is made when the image has none. */
export async function* workdirStep(
  build: Build,
  state: StageState,
  value: string,
): AsyncGenerator<BuildProgress, void> {
  const path = workingDirectory(
    state.config,
    expandWord(value, { environment: variablesOf(state), escape: build.escape }),
  )
  const place = await findDestination(build, state, path)
  const folders = place.exists ? [] : [...place.missing, toBytes(place.path)]
  const now = BigInt(Date.now()) * 1_000_000n
  yield* commitStep(build, state, {
    createdBy: `${shellOf(state.config).join(' ')} #(nop) WORKDIR ${path}`,
    key: ['workdir'],
    config: { ...state.config, WorkingDir: path },
    ...(folders.length === 0 ? {} : { layer: () => streamLayer(folders.map((each) => folderItem(each, now))) }),
  })
}
