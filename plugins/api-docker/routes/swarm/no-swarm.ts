import { codedError, type CodedError } from '@moby/contracts'

/** Docker's words of an engine that is not part of a swarm; clients look for them. */
export function noManager(): CodedError {
  return codedError(
    'API_NO_SWARM',
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
  )
}

export function noSwarm(): CodedError {
  return codedError('API_NO_SWARM', 'This node is not part of a swarm')
}
