import { dirname } from 'node:path'
import process from 'node:process'
import { contextVariable } from '@moby/contracts'
import { ComponentProcess } from './component-process.ts'
import { noteProcess } from './process-record.ts'
import { environmentOf, programOf } from './program.ts'
import type { ProcessStarter } from './started-process.ts'

/** Starts the process of a component on the host. */
export const startProcess: ProcessStarter = async ({ member, surroundings: { context }, files }) => {
  const launched = await ComponentProcess.launch({
    program: programOf(member.descriptor, member.folder),
    folder: member.folder,
    environment: environmentOf(process.env, { [contextVariable]: files.context }),
    title: member.title,
    log: context.log,
  })
  noteProcess(dirname(files.context), launched.pid)
  return launched
}
