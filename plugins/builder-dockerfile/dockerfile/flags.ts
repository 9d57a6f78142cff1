import { dockerfileError } from './dockerfile-error.ts'

export interface FlagRules {
  /** Flags that take a value, each at most once. */
  readonly values?: readonly string[]
  /** Flags that may be given several times. */
  readonly lists?: readonly string[]
  readonly switches?: readonly string[]
}

export interface Flags {
  value(name: string): string | undefined
  list(name: string): readonly string[]
  switch(name: string): boolean | undefined
}

/** Reads the flags of an instruction; one that it does not know, or that lacks its value, is DOCKERFILE_INVALID. */
export function readFlags(words: readonly string[], keyword: string, line: number, rules: FlagRules): Flags {
  const found = new Map<string, string[]>()
  for (const word of words) {
    const [, name = '', equals, value = ''] = /^--([^=]*)(=)?([\s\S]*)$/.exec(word) ?? []
    const isList = rules.lists?.includes(name) ?? false
    const isSwitch = rules.switches?.includes(name) ?? false
    if (!(isList || isSwitch || rules.values?.includes(name))) throw unknownFlag(name, keyword, line, rules)
    if (equals === undefined && !isSwitch) throw dockerfileError(line, `missing a value on flag: ${name}`)
    const known = found.get(name)
    if (known !== undefined && !isList) throw dockerfileError(line, `duplicate flag specified: ${name}`)
    const text = equals === undefined ? 'true' : value
    if (isSwitch && !/^(true|false)$/i.test(text)) {
      throw dockerfileError(line, `expecting boolean value for flag ${name}, not: ${value}`)
    }
    found.set(name, [...(known ?? []), text])
  }
  return {
    value: (name) => found.get(name)?.[0],
    list: (name) => found.get(name) ?? [],
    switch: (name) => {
      const text = found.get(name)?.[0]
      return text === undefined ? undefined : text.toLowerCase() === 'true'
    },
  }
}

function unknownFlag(name: string, keyword: string, line: number, rules: FlagRules): Error {
  const known = [...(rules.values ?? []), ...(rules.lists ?? []), ...(rules.switches ?? [])]
  const hint = known.length === 0 ? `${keyword} has no flags.` : `${keyword} knows --${known.toSorted().join(', --')}.`
  return dockerfileError(line, `unknown flag: ${name}`, hint)
}
