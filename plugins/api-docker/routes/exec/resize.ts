import { empty, type Route } from '../../server/route.ts'
import { terminalSize } from '../terminal-size.ts'

export const resizeExec: Route = {
  method: 'POST',
  path: '/exec/{id}/resize',
  async handle({ vars, query, engine }) {
    await engine.exec.resize({ id: vars['id'] ?? '', ...terminalSize(query) })
    return empty(200)
  },
}
