const escape = String.fromCodePoint(27)

const rules: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`${escape}\\[[0-9;?]*[A-Za-z]`, 'g'), ''],
  [/\r/g, ''],
  [/\b[a-z]+_[a-z]+\d?\b(?=\s*$)/gm, '<name>'],
  [
    /\b(Up|Exited \(\d+\)|Created)? ?(Less than a second|About an? \w+|\d+ (?:seconds?|minutes?|hours?|days?|weeks?|months?|years?))( ago)\b/g,
    '$1 <while> ago',
  ],
  [/\bUp (Less than a second|About an? \w+|\d+ (seconds?|minutes?))/g, 'Up <while>'],
  [/\b(0\.0\.0\.0|\[::\]|127\.0\.0\.1):(3[2-9]|[45]\d|6[0-5])\d{3}\b/g, '$1:<port>'],
  [/\b\d+(\.\d+)?(e[+-]\d+)?(kB|MB|GB|B|KiB|MiB|GiB)\b/g, '<size>'],
  [/(?<= digest: sha256:[0-9a-f]{64} size: )\d+/g, '<size>'],
  [/\b[A-Z0-9]{4}(:[A-Z0-9]{4}){11}\b/g, '<engine id>'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC/g, '<time>'],
  [/sha256:[0-9a-f]{64}\b/g, 'sha256:<digest>'],
  [/\bmoby-[0-9a-f]{8}\b/g, '<instance>'],
  [/-{3,}/g, '---'],
  [/ {2,}/g, '  '],
  [/ +$/gm, ''],
]

/** Replaces what differs from one run of the same line to the next: names made up, times told in words, ports chosen. */
export function tidyText(text: string): string {
  return rules.reduce((result, [pattern, stand]) => result.replaceAll(pattern, stand), text)
}
