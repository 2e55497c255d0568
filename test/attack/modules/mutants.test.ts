import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { describeAttacks } from '../../support/attack.js'
import { attempts } from './victim.js'

const guests = ['echo', 'epoll', 'wasix_echo_server', 'wamr_udp', 'wasmedge2_echo_server', 'preview1_echo_server']
const files = guests.map((name) => fileURLToPath(new URL(`../../../build/guests/${name}.wasm`, import.meta.url)))

describeAttacks('modules', (mode) => {
  let found: Awaited<ReturnType<typeof attempts>>
  beforeAll(async () => {
    found = await attempts('mutants.mjs', mode, ...files)
  }, 300_000)

  test.each(files.map((file) => path.basename(file, '.wasm')))('250 mutants of %s', (name) => {
    const attempt = found.byName.get(name)
    expect(attempt).toMatchObject({ outcome: '', length: 0, strays: [] })
  })

  test('the process ends by itself', () => {
    expect(found.code).toBe(0)
  })
})
