/** A command as the events of an exec name it: program, blank, arguments. */
export function commandText([program = '', ...args]: readonly string[]): string {
  return `${program} ${args.join(' ')}`
}
