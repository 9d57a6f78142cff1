import { describe, expect, it } from 'vitest'
import { parseDockerfile, parseTrigger } from './parse-dockerfile.ts'

const instructions = (text: string) => parseDockerfile(`FROM x\n${text}`).stages[0]?.instructions ?? []
const first = (text: string) => instructions(text)[0]

describe('parseDockerfile', () => {
  it('joins lines, leaves comments and empty lines between them out, and keeps blanks', () => {
    const [run, env] = instructions('RUN echo a \\\n  # no\n\n   && b\\\\\n# not part\nENV A=1 \\\n\tB=2')
    expect(run).toMatchObject({ kind: 'run', text: 'RUN echo a    && b\\\\', line: 2 })
    expect(env).toMatchObject({
      pairs: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    })
  })

  it('reads directives at the beginning only', () => {
    expect(parseDockerfile('# syntax=x\n# escape=`\nFROM a`\nb').stages[0]?.base).toBe('ab')
    expect(parseDockerfile('\uFEFF#escape=`\nFROM a').escape).toBe('`')
    expect(parseDockerfile('# comment\n# escape=`\nFROM a').escape).toBe('\\')
    expect(() => parseDockerfile('# escape=x\nFROM a')).toThrow("invalid escape token 'x'")
    expect(() => parseDockerfile('# escape=`\n# escape=`\nFROM a')).toThrow('only one escape')
  })

  it('reads stages, names in any case, and ARG before them', () => {
    const file = parseDockerfile('ARG A=1 B\nfrom a AS Base\nFROM --platform=linux/arm64 base\nRUN x')
    expect(file.globalArgs.map(({ name, value }) => [name, value])).toEqual([
      ['A', '1'],
      ['B', undefined],
    ])
    expect(file.stages).toMatchObject([
      { base: 'a', name: 'base' },
      { base: 'base', platform: 'linux/arm64' },
    ])
  })

  it('reads heredocs: several, quoted, with tabs, and leaves them to JSON forms', () => {
    const [run, copy, json] = instructions(
      'RUN cat <<A <<-"B"\na $X\nA\n\tb\n\tB\nCOPY <<x <<\'y z\' /d/\n1\nx\n2\ny z\nRUN ["cat", "<<A"]',
    )
    expect(run).toMatchObject({
      heredocs: [
        { name: 'A', expand: true, chomp: false, content: 'a $X\n' },
        { name: 'B', expand: false, chomp: true, content: '\tb\n' },
      ],
    })
    expect(copy).toMatchObject({ destination: '/d/', heredocs: [{ content: '1\n' }, { name: 'y z', content: '2\n' }] })
    expect(json).toMatchObject({ heredocs: [] })
    expect(() => instructions('RUN <<EOF\nx')).toThrow('unterminated heredoc')
  })

  it('reads both forms of commands; what only looks like JSON is a line', () => {
    expect(first('CMD ["a", "b c"]')).toMatchObject({ command: { shell: false, words: ['a', 'b c'] } })
    expect(first('CMD ["a\', "b"]')).toMatchObject({ command: { shell: true, words: ['["a\', "b"]'] } })
    expect(first('ENTRYPOINT []')).toMatchObject({ command: { shell: false, words: [] } })
  })

  it('reads pairs in both forms', () => {
    expect(first('ENV a b  c')).toMatchObject({ pairs: [{ name: 'a', value: 'b  c' }] })
    expect(first('LABEL a="b c" "d e"=f g=\\ h')).toMatchObject({
      pairs: [
        { name: 'a', value: '"b c"' },
        { name: '"d e"', value: 'f' },
        { name: 'g', value: '\\ h' },
      ],
    })
  })

  it('reads flags, quoted too, up to the first word that is none', () => {
    expect(first('COPY --from=x --chown="a b" --chmod=755 --exclude=*.a --exclude=b s --d')).toMatchObject({
      from: 'x',
      chown: 'a b',
      chmod: '755',
      exclude: ['*.a', 'b'],
      sources: ['s'],
      destination: '--d',
    })
    expect(first('RUN --mount=type=cache,target=/c,sharing=locked,uid=7 --network=none x')).toMatchObject({
      network: 'none',
      mounts: [{ type: 'cache', target: '/c', sharing: 'locked', uid: 7, readOnly: false }],
    })
    expect(first('HEALTHCHECK --interval=1m30s --retries=2 CMD ["a"]')).toMatchObject({
      test: ['CMD', 'a'],
      interval: 90e9,
      retries: 2,
    })
  })

  it('keeps a heredoc of a trigger for the image that runs it', () => {
    const [onbuild] = instructions('ONBUILD RUN <<EOF\necho\nEOF')
    expect(onbuild).toMatchObject({ kind: 'onbuild', value: 'RUN <<EOF\necho\nEOF' })
    expect(parseTrigger((onbuild as { value: string }).value)).toMatchObject([
      { kind: 'run', heredocs: [{ content: 'echo\n' }] },
    ])
  })

  it.each([
    ['', 'cannot be empty'],
    ['# only', 'cannot be empty'],
    ['RUN x', 'no build stage in current context'],
    ['ARG A', 'No image was generated'],
    ['FROM', 'FROM requires either one or three arguments'],
    ['FROM a b', 'FROM requires either one or three arguments'],
    ['FROM a AS 1x', 'invalid name for build stage'],
    ['FROM a\nNOPE x', 'line 2: unknown instruction: NOPE'],
    ['FROM a\nconstructor x', 'unknown instruction: CONSTRUCTOR'],
    ['FROM a\nENV', 'ENV requires at least one argument'],
    ['FROM a\nENV a', 'ENV must have two arguments'],
    ['FROM a\nENV a=1 b', "can't find ="],
    ['FROM a\nENV =x', 'names can not be blank'],
    ['FROM a\nCOPY a', 'COPY requires at least two arguments'],
    ['FROM a\nCOPY --nope=1 a b', 'unknown flag: nope'],
    ['FROM a\nCOPY --from=a --from=b c d', 'duplicate flag specified: from'],
    ['FROM a\nCOPY --from a b', 'missing a value on flag: from'],
    ['FROM a\nRUN --mount=type=ssh x', 'SSH|ssh'],
    ['FROM a\nRUN --mount=type=cache x', 'requires a target'],
    ['FROM a\nRUN --mount=type=tmpfs,target=/x,id=1 x', "unexpected key 'id'"],
    ['FROM a\nRUN --security=insecure x', 'not supported'],
    ['FROM a\nRUN --network=mine x', 'unsupported network mode'],
    ['FROM a\nSHELL sh', 'JSON form'],
    ['FROM a\nHEALTHCHECK PING', 'Unknown type'],
    ['FROM a\nHEALTHCHECK --interval=1 CMD x', 'invalid duration'],
    ['FROM a\nHEALTHCHECK --interval=1us CMD x', 'less than 1ms'],
    ['FROM a\nONBUILD FROM b', "FROM isn't allowed"],
    ['FROM a\nONBUILD ONBUILD RUN x', 'Chaining'],
  ])('refuses %j', (text, problem) => {
    expect(() => parseDockerfile(text)).toThrow(
      expect.objectContaining({ code: 'DOCKERFILE_INVALID', message: expect.stringMatching(problem) }),
    )
  })
})
