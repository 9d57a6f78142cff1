import { componentContracts, driverContracts, engineContracts } from '../catalog.ts'
import type { ContractDefinition } from '../component/contract.ts'
import { contractPage } from './contract-page.ts'
import { contractSchema } from './contract-schema.ts'
import { errorPage } from './error-page.ts'
import { table } from './markdown.ts'

const begin = '<!-- contracts: written by npm run docs -->'
const end = '<!-- end of contracts -->'

/** Every generated file of the documentation, by its path in the project. */
export function generateDocs(): Map<string, string> {
  return new Map([
    ...pagesOf('docs/drivers', driverContracts),
    ...pagesOf('docs/reference/engine', engineContracts),
    ...pagesOf('docs/reference/component', componentContracts),
    ['docs/reference/errors.md', errorPage()],
  ])
}

/** The written page with the generated list of driver contracts in it. */
export function withContractList(page: string): string {
  const [before, rest] = page.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`the page lacks ${begin} or ${end}`)
  const rows = driverContracts.map((contract: ContractDefinition) => [
    `[${contract.id}](${contract.id}.md)`,
    contract.version,
    contract.doc,
    String(Object.keys(contract.methods).length),
  ])
  const list = table(['contract', 'version', 'what it is for', 'methods'], rows)
  return `${before}${begin}\n\n${list}\n\n${end}${after}`
}

function pagesOf(folder: string, contracts: readonly ContractDefinition[]): [string, string][] {
  return contracts.flatMap((contract): [string, string][] => [
    [`${folder}/${contract.id}.md`, contractPage(contract, `schema/${contract.id}.json`)],
    [`${folder}/schema/${contract.id}.json`, contractSchema(contract)],
  ])
}
