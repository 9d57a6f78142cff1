import { describe, expect, it } from 'vitest'
import { applyChanges } from './apply-changes.ts'

describe('changes of a configuration', () => {
  it('takes away with a new entrypoint the command of the old one, unless one is given too', () => {
    expect(applyChanges({ Cmd: ['old'] }, ['ENTRYPOINT ["e"]'])).toEqual({ Entrypoint: ['e'] })
    expect(applyChanges({ Cmd: ['old'] }, ['CMD ["c"]', 'ENTRYPOINT ["e"]'])).toEqual({ Cmd: ['c'], Entrypoint: ['e'] })
  })

  it('reads every instruction in its forms', () => {
    const config = applyChanges({ Env: ['A=1', 'B=2'] }, [
      'CMD ["sh", "-c", "true"]',
      'ENTRYPOINT echo hello',
      'ENV B=3 C="x y"',
      'ENV OLD some text',
      'EXPOSE 80 53/udp',
      'LABEL a=b "c d"=e',
      'USER 1000:1000',
      'VOLUME /a /b',
      'WORKDIR /srv',
      'WORKDIR app',
      'STOPSIGNAL SIGINT',
      'ENV D=$C-${B} E=${NONE:-z}',
      'ONBUILD RUN true',
      'HEALTHCHECK --interval=1m30s --retries=2 CMD curl localhost',
    ])
    expect(config).toEqual({
      Cmd: ['sh', '-c', 'true'],
      Entrypoint: ['/bin/sh', '-c', 'echo hello'],
      Env: ['A=1', 'B=3', 'C=x y', 'OLD=some text', 'D=x y-3', 'E=z'],
      ExposedPorts: { '80/tcp': {}, '53/udp': {} },
      Labels: { a: 'b', 'c d': 'e' },
      User: '1000:1000',
      Volumes: { '/a': {}, '/b': {} },
      WorkingDir: '/srv/app',
      StopSignal: 'SIGINT',
      OnBuild: ['RUN true'],
      Healthcheck: { Test: ['CMD-SHELL', 'curl localhost'], Interval: 90e9, Retries: 2 },
    })
  })

  it.each(['RUN true', 'ENV', 'ENV =x', 'EXPOSE http', 'HEALTHCHECK --interval=soon CMD x', 'HEALTHCHECK MAYBE'])(
    'refuses %s',
    (change) => {
      expect(() => applyChanges({}, [change])).toThrow(expect.objectContaining({ code: 'IMAGE_CHANGE_INVALID' }))
    },
  )
})
