import { bool, fields, list, text, texts, unsigned, command } from '../wire/decode.ts'

/** Body of POST /containers/{id}/exec. */
export const ExecCreate = fields({
  User: text,
  Privileged: bool,
  Tty: bool,
  ConsoleSize: list(unsigned),
  AttachStdin: bool,
  AttachStderr: bool,
  AttachStdout: bool,
  DetachKeys: text,
  Env: texts,
  WorkingDir: text,
  Cmd: command,
})

/** Body of POST /exec/{id}/start. */
export const ExecStart = fields({ Detach: bool, Tty: bool, ConsoleSize: list(unsigned) })
