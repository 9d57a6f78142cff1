import { codedError } from '@moby/contracts'
import { constants } from 'node:os'

const lastSignal = 64
const realTimeMinimum = 34
const aliases: Readonly<Record<string, number>> = { CLD: constants.signals.SIGCHLD, POLL: constants.signals.SIGIO }

/**
 * Number of a signal written as a name with or without SIG, in any case, or as a number.
 * RTMIN+n and RTMAX-n count as glibc does. Fails with SIGNAL_UNKNOWN.
 */
export function parseSignal(text: string): number {
  const unknown = () =>
    codedError('SIGNAL_UNKNOWN', `invalid signal: ${text}`, {
      hint: 'Use a name such as TERM or a number from 1 to 64.',
    })
  if (/^\d+$/.test(text)) {
    const number = Number(text)
    if (number < 1 || number > lastSignal) throw unknown()
    return number
  }
  const name = text.toUpperCase().replace(/^SIG/, '')
  const realTime = /^RT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(name)
  if (realTime !== null) {
    const base = realTime[1] === 'MIN' ? realTimeMinimum : lastSignal
    const offset = Number(realTime[3] ?? 0) * (realTime[2] === '-' ? -1 : 1)
    if (base + offset < realTimeMinimum || base + offset > lastSignal) throw unknown()
    return base + offset
  }
  const number = aliases[name] ?? (constants.signals as Record<string, number | undefined>)[`SIG${name}`]
  if (number === undefined) throw unknown()
  return number
}
