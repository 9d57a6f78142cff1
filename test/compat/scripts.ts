import { commandLine } from './scripts/command-line.ts'
import { containerAnswers } from './scripts/container-answers.ts'
import { errorAnswers } from './scripts/error-answers.ts'
import { events } from './scripts/events.ts'
import { hostConfig } from './scripts/host-config.ts'
import { inside } from './scripts/inside.ts'
import { lists } from './scripts/lists.ts'
import { pluginLife } from './scripts/plugin-life.ts'
import { plugins } from './scripts/plugins.ts'
import { runtimeConfig } from './scripts/runtime-config.ts'
import { streams } from './scripts/streams.ts'
import { systemCalls } from './scripts/system-calls.ts'
import type { Script } from './script.ts'

/** Everything that is compared. */
export const scripts: readonly Script[] = [
  errorAnswers,
  containerAnswers,
  hostConfig,
  lists,
  plugins,
  pluginLife,
  events,
  streams,
  commandLine,
  inside,
  runtimeConfig,
  systemCalls,
]
