import { ExecCreate, ExecStart } from '../../schemas/exec.ts'
import { ExecInspect, IdAnswer } from '../answers/container.ts'
import { answer, done, raw, terminalSize, type Operations } from '../operation.ts'

export const execOperations: Operations = {
  'POST /containers/{name}/exec': {
    id: 'ContainerExec',
    summary: 'Prepares a process in a container',
    body: ExecCreate.schema,
    answers: { 201: answer(IdAnswer, 'Its id') },
  },
  'POST /exec/{id}/start': {
    id: 'ExecStart',
    summary: 'Starts a prepared process',
    body: ExecStart.schema,
    answers: { 101: raw, 200: raw },
  },
  'POST /exec/{id}/resize': {
    id: 'ExecResize',
    summary: 'Tells a process the size of its terminal',
    query: terminalSize,
    answers: { 200: done('Resized') },
  },
  'GET /exec/{id}/json': {
    id: 'ExecInspect',
    summary: 'Tells about a prepared process',
    answers: { 200: answer(ExecInspect, 'The process') },
  },
}
