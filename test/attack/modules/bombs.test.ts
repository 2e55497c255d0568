import { beforeAll, expect, test } from 'vitest'
import { describeAttacks } from '../../support/attack.js'
import { bombs, endless } from './bombs.mjs'
import { attempts } from './victim.js'

type Row = readonly [what: string, outcomes: readonly string[]]

const listed = (outcome: string | readonly string[]) => (typeof outcome === 'string' ? [outcome] : outcome)
/** A module is inspected as it is loaded, and nothing of it runs. */
const inspected = (outcome: string) => (/TOO_LARGE|NOT_WEBASSEMBLY/.test(outcome) ? outcome : 'exit 0')

const rows: readonly Row[] = bombs.flatMap(([name, , outcome, withLimit = outcome]): Row[] => [
  [`run, ${name}`, listed(outcome)],
  [`run within a limit, ${name}`, listed(withLimit)],
  [`here, ${name}`, listed(outcome)],
  [`inspect, ${name}`, listed(outcome).map(inspected)],
])

describeAttacks('modules', (mode) => {
  let found: Awaited<ReturnType<typeof attempts>>
  beforeAll(async () => {
    found = await attempts('victim.mjs', mode)
  }, 300_000)

  const stopped = endless.map(([name, , outcome]): Row => [`run, ${name}`, listed(outcome)])
  test.each([...rows, ...(mode === 'suspend' ? [] : stopped)])('%s', (what, outcomes) => {
    const attempt = found.byName.get(what)
    expect(outcomes.find((outcome) => attempt?.outcome.startsWith(outcome)) ?? attempt?.outcome).toBeOneOf([
      ...outcomes,
    ])
    expect(attempt?.strays).toEqual([])
    expect(attempt?.length).toBeLessThan(2000)
  })

  test('the process ends by itself', () => {
    expect(found.code).toBe(0)
  })
})
