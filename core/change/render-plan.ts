import type { ChangeStep, Plan } from './plan.ts'

/** The sign of an action at the beginning of its line. */
const signs: Readonly<Record<ChangeStep['action'], string>> = {
  keep: ' ',
  add: '+',
  remove: '-',
  replace: '~',
  reconfigure: '~',
  retire: '-',
  wait: '!',
}

/** A plan for a reader: what changes, one entry after the other, and how many stay as they are. */
export function renderPlan({ steps }: Plan): string {
  const changing = steps.filter(({ action }) => action !== 'keep')
  const kept = steps.length - changing.length
  const lines = changing.flatMap((step) => [
    `${signs[step.action]} ${step.name}: ${headOf(step)}`,
    ...step.changes.map((each) => `    ${each}`),
    ...step.grows.map((each) => `    may now: ${each}`),
    ...(step.to === undefined ? [] : step.shrinks.map((each) => `    may not any more: ${each}`)),
  ])
  return `${[...lines, `  ${kept} ${kept === 1 ? 'entry stays' : 'entries stay'} as ${kept === 1 ? 'it is' : 'they are'}`].join('\n')}\n`
}

function headOf({ action, from, to, overlap, because = '' }: ChangeStep): string {
  const side = to ?? from
  const component = side === undefined ? '' : `${side.component} ${side.version} (${side.mode})`
  switch (action) {
    case 'add':
      return `add ${component}`
    case 'remove':
      return `remove ${component}`
    case 'replace':
      return `replace by ${component}${overlap === 'shared' ? '' : '; calls wait meanwhile'}`
    case 'reconfigure':
      return `take another configuration, ${component}`
    case 'retire':
      return `remove ${component}; it stays for what has it: ${because}`
    case 'wait':
      return `${from === undefined ? 'add' : to === undefined ? 'remove' : 'change'} ${component} at the next start of the engine: ${because}`
    case 'keep':
      return `keep ${component}`
  }
}
