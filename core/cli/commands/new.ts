import { existsSync } from 'node:fs'
import { basename, relative, resolve } from 'node:path'
import process from 'node:process'
import { codedError } from '@moby/contracts'
import type { Command } from '../command.ts'
import type { CommandLine } from '../command-line.ts'
import { copyTemplate } from '../new/copy-template.ts'
import { templates, type Template } from '../new/template.ts'
import { usage } from '../usage.ts'

const nameForm = /^[a-z0-9]+(-[a-z0-9]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/

export const command: Command = {
  async run(line) {
    const template = templateFor(line)
    const word = line.positionals[1] ?? `${template.kind}-${template.language}`
    const folder = resolve(word)
    const component = line.value('name') ?? `mine/${basename(folder).toLowerCase()}`
    if (!nameForm.test(component)) {
      throw usage(
        line,
        `${component} cannot be the name of a component`,
        'name it: --name scope/name',
        line.value('name') ?? word,
      )
    }
    if (existsSync(folder)) {
      throw codedError('DOCUMENT_EXISTS', `There is a ${word} already`, {
        span: line.spanOf(word),
        hint: `name a folder that is not there: moby new ${template.kind} --lang ${template.language} PATH`,
      })
    }
    await copyTemplate(template, folder, { component, driver: component.split('/')[1] ?? component })
    const shown = relative(process.cwd(), folder)
    process.stdout.write(`Wrote ${shown}, the component ${component}. Next:\n`)
    for (const step of [`cd ${shown}`, ...template.steps, 'moby conform .']) process.stdout.write(`  ${step}\n`)
    return 0
  },
}

function templateFor(line: CommandLine): Template {
  const [kind = ''] = line.positionals
  const language = line.value('lang')
  const ofKind = templates.filter((each) => each.kind === kind)
  const possible = templates.map((each) => `moby new ${each.kind} --lang ${each.language}`).join(', ')
  if (ofKind.length === 0)
    throw usage(line, `There is no template for a ${kind} driver`, `it can be: ${possible}`, kind)
  const found = language === undefined ? ofKind[0] : ofKind.find((each) => each.language === language)
  if (found !== undefined) return found
  throw usage(line, `There is no template for a ${kind} driver in ${language}`, `it can be: ${possible}`, language)
}
