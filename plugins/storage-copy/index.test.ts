import { testLayers } from '@moby/lib-snapshots/testing'
import type { ComponentContext } from '@moby/contracts'
import component from './index.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }

testLayers((folders) => component.create({ folders, log } as unknown as ComponentContext))
