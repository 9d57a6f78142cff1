import { readFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'

const root = join(import.meta.dirname, '../..')
const numbers = /\b[A-GKT]\d{1,2}\b/g
const projects = ['unit', 'contract', 'e2e']

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly message?: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** The numbers of a part of the adversarial list: its letter, and how many cases it has. */
export function casesOf(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${letter}${at + 1}`)
}

/** Runs every test whose name tells one of these numbers; each must have one, and all must pass. */
export async function showCases(cases: readonly string[]): Promise<string> {
  const passed = new Map<string, number>()
  const problems: string[] = []
  for (const project of projects) {
    const files = await filesWith(project, cases)
    if (files.length === 0) continue
    const report = await run(project, files, cases)
    for (const { name, message, assertionResults } of report.testResults) {
      const told = assertionResults.flatMap(({ fullName, status }) =>
        (fullName.match(numbers) ?? [])
          .filter((each) => cases.includes(each))
          .map((each) => ({ each, fullName, status })),
      )
      if (assertionResults.length === 0) problems.push(`${name} did not run: ${message ?? ''}`)
      for (const { each, fullName, status } of told) {
        if (status === 'passed') passed.set(each, (passed.get(each) ?? 0) + 1)
        else problems.push(`${fullName} ${status}`)
      }
    }
  }
  const missing = cases.filter((each) => !passed.has(each))
  if (missing.length > 0) problems.push(`no test that passed tells the number of ${missing.join(', ')}`)
  if (problems.length > 0) throw new Error(problems.join('\n'))
  const tests = [...passed.values()].reduce((sum, each) => sum + each, 0)
  return `${cases.length} cases in ${tests} tests`
}

/** Test files of a project in whose text, or in that of the topics that they prove, one of the numbers stands. */
async function filesWith(project: string, cases: readonly string[]): Promise<string[]> {
  const { stdout } = await execa('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.test.ts'], {
    cwd: root,
  })
  const folders = { contract: 'test/contract/', e2e: 'test/e2e/' }
  const others = Object.values(folders)
  const mine = stdout.split('\n').filter((file) => {
    if (project === 'contract' || project === 'e2e') return file.startsWith(folders[project])
    return !others.some((folder) => file.startsWith(folder))
  })
  const texts = await Promise.all(mine.map((file) => textOf(join(root, file))))
  const told = new RegExp(`\\b(${cases.join('|')})\\b`)
  return mine.filter((_, at) => told.test(texts[at] ?? ''))
}

/** The text of a test file and of the topics that it has from files beside it. */
async function textOf(file: string): Promise<string> {
  const text = await readFile(file, 'utf8')
  const topics = [...text.matchAll(/ from '(\.[^']*\/prove-[^']*)'/g)].map(([, path = '']) => join(dirname(file), path))
  return [text, ...(await Promise.all(topics.map((path) => readFile(path, 'utf8'))))].join('\n')
}

async function run(project: string, files: readonly string[], cases: readonly string[]): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'moby-cases-'))
  try {
    const file = join(folder, 'report.json')
    const words = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    await execa(
      join(root, 'node_modules/.bin/node'),
      [vitest, ...words, '-t', `\\b(${cases.join('|')})\\b`, ...files],
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], reject: false },
    )
    return JSON.parse(await readFile(file, 'utf8')) as Report
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
