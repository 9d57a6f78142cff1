import { Type } from 'typebox'
import { holds, ignored, key, refused, type DaemonKey } from '../daemon-key.ts'

const Text = Type.String()
const noSwarm = 'it is for swarms, and there are none'
const noContainerd = 'the engine drives shims itself, without containerd'
const Builder = Type.Object({ gc: Type.Optional(Type.Unknown()), entitlements: Type.Optional(Type.Unknown()) })

/** What is about parts of dockerd that are not here. */
export const otherKeys: Readonly<Record<string, DaemonKey>> = {
  'swarm-default-advertise-addr': key(Text, () => ignored(noSwarm)),
  'swarm-raft-heartbeat-tick': key(Type.Integer(), () => ignored(noSwarm)),
  'swarm-raft-election-tick': key(Type.Integer(), () => ignored(noSwarm)),
  'node-generic-resources': key(Type.Array(Text), () => ignored(noSwarm)),
  containerd: key(Text, () => ignored(noContainerd)),
  'containerd-namespace': key(Text, () => ignored(noContainerd)),
  'containerd-plugin-namespace': key(Text, () => ignored(noContainerd)),
  'cri-containerd': key(Type.Boolean(), (value) =>
    value
      ? refused('there is no containerd for a kubelet', 'remove cri-containerd, and use cri-dockerd')
      : holds(noContainerd),
  ),
  'deprecated-key-path': key(Text, () => ignored('dockerd has no use for it any more either')),
  builder: key(Builder, () => ignored('the build cache is emptied by docker builder prune')),
  features: key(Type.Record(Type.String(), Type.Boolean()), (value) => {
    const names = Object.keys(value).filter((name) => value[name] === true)
    return names.length === 0
      ? holds('it asks for nothing')
      : ignored(`${names.join(', ')}: what this engine has needs no switch`)
  }),
}
