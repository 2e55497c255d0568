import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runWithSockets } from '../../../src/host.js'
import { hostFiles } from '../../../src/wasi/host-files.js'
import { describeAttacks, describeAttacksOutside } from '../../support/attack.js'
import { runOverFiles } from '../../support/here.js'
import { compileFrom } from '../../support/wasi-programs.js'
import { Outside } from './outside.js'

/* A guest leaves no descriptor open in this process, whatever it has opened and however it ends. */
const place = new Outside('leaks')
let guest = ''
beforeAll(async () => {
  guest = (await compileFrom('test/attack/guests', ['leave_open']))['leave_open'] as string
}, 120_000)
afterAll(() => place.remove())

/** What of the place is open in this process. */
function open(): string[] {
  const target = (fd: string) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return '' // the listing's own
    }
  }
  return fs
    .readdirSync('/proc/self/fd')
    .map(target)
    .filter((name) => name.startsWith(place.folder))
}

function lay(): Record<string, string> {
  const data = place.lay()
  execFileSync('mkfifo', [path.join(data, 'fifo')])
  return { '/data': data }
}

describeAttacks('directories', (mode) => {
  const given = (...args: string[]) => ({ mode, dirs: lay(), args, stdin: 'ignore', stdout: 'ignore' }) as const

  test('a guest that ends leaves nothing open', async () => {
    expect(await runWithSockets(guest, given())).toBe(0)
    expect(open()).toEqual([])
  })

  test.each(['read', 'write'])(
    'a guest that is stopped while it opens a FIFO, to %s, leaves nothing open',
    async (how) => {
      await expect(runWithSockets(guest, { ...given(how), timeoutMs: 2000 })).rejects.toThrow()
      expect(open()).toEqual([])
    },
  )

  test('a guest that cannot start leaves nothing open', async () => {
    const bad = runWithSockets(Buffer.from('\0asm\x01\0\0\0'), { ...given(), argv0: 'empty' })
    await expect(bad).rejects.toThrow()
    expect(open()).toEqual([])
  })
})

describeAttacksOutside('directories', () => {
  describe.each([true, false])('by descriptor: %s', (byDescriptor) => {
    test('a guest that ends leaves nothing open', async () => {
      await runOverFiles(guest, hostFiles(lay(), { byDescriptor }), [])
      expect(open()).toEqual([])
    })
  })
})
