import { driverContracts } from '../../catalog.ts'
import { componentKernel, componentLifecycle, type ContractDefinition } from '../../component/index.ts'
import { sample } from '../../wire/testing/sample.ts'
import { goContract, goErrors, goPackage } from './go.ts'
import { pythonContract, pythonErrors, pythonModule } from './python.ts'
import { typescriptContract, typescriptErrors, typescriptFile } from './typescript.ts'

const contracts: readonly ContractDefinition[] = [...driverContracts, componentLifecycle, componentKernel]
const python = 'contracts/sdk/python'
const go = 'contracts/sdk/go'
const typescript = 'contracts/sdk/typescript'

/** Every generated file of the SDKs, by its path in the project. */
export function generateSdks(): Map<string, string> {
  return new Map([
    ...contracts.flatMap((contract): [string, string][] => [
      [`${python}/moby_sdk/contracts/${pythonModule(contract)}.py`, pythonContract(contract)],
      [`${go}/${goPackage(contract)}/contract.go`, goContract(contract)],
      [`${typescript}/contracts/${typescriptFile(contract)}.ts`, typescriptContract(contract)],
    ]),
    [`${python}/moby_sdk/error_codes.py`, pythonErrors()],
    [`${go}/wire/error_codes.go`, goErrors()],
    [`${typescript}/contracts/error-kinds.ts`, typescriptErrors()],
    // For the tests of the SDKs: a method of each shape.
    [
      `${python}/tests/${pythonModule(sample)}.py`,
      pythonContract(sample).replace('from ..contract', 'from moby_sdk.contract'),
    ],
    [`${go}/internal/${goPackage(sample)}/contract.go`, goContract(sample)],
  ])
}
