import { constants } from 'node:os'

/** Whether STOPSIGNAL may say it: a name with or without SIG, a number, or a real-time signal. */
export function isSignal(text: string): boolean {
  if (/^\d+$/.test(text)) return Number(text) > 0 && Number(text) <= 64
  const name = text.toUpperCase().replace(/^SIG/, '')
  return Object.hasOwn(constants.signals, `SIG${name}`) || /^RT(?:MIN|MAX)(?:[+-]\d{1,2})?$/.test(name)
}
