import { beforeAll, expect, test } from 'vitest'
import { describeAttacks } from '../../support/attack.js'
import { attackChild } from '../../support/attack-child.js'
import { compileFrom } from '../../support/wasi-programs.js'

/* Test runners and pools run an app in worker threads of their own, and terminate those whatever is under way. */
let guest = ''
beforeAll(async () => {
  guest = (await compileFrom('test/attack/guests', ['waits']))['waits'] as string
})
const dist = new URL('../../../dist/index.js', import.meta.url).href

describeAttacks('calls', (mode) => {
  test.concurrent.each([
    ['terminate', 'run', 0, ['terminated']],
    ['terminate', 'instantiate', 0, ['terminated']],
    ['exit', 'run', 5, []],
    ['exit', 'instantiate', 5, []],
    ['throw', 'run', 1, []],
    ['throw', 'instantiate', 1, []],
  ])("%s ends an app's worker whose guest waits, begun by %s", async (end, how, code, lines) => {
    const ended = await attackChild('calls/app-worker.host.mjs', { dist, guest, mode, how, end }, { hangMs: 60_000 })
    expect(ended).toMatchObject({ code, signal: null, lines })
  })
})
