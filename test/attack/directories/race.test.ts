import { fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hostFiles } from '../../../src/wasi/host-files.js'
import { describeAttacks, describeAttacksOutside } from '../../support/attack.js'
import { runOverFiles } from '../../support/here.js'
import { compileFrom } from '../../support/wasi-programs.js'
import { Outside, outputOf } from './outside.js'

/* Another process exchanges a directory or a file for a link that leads out, over and over, while the guest makes every call there. */
const exchanged = ['a directory', 'a directory below', 'a file'] as const
const ROUNDS = 600

const outside = new Outside('race')
let guest = ''
beforeAll(async () => {
  guest = (await compileFrom('test/attack/guests', ['race']))['race'] as string
}, 120_000)
afterAll(() => outside.remove())

async function raced(which: string, run: (data: string) => Promise<string>): Promise<string> {
  const data = outside.lay()
  for (const place of ['outside', 'data/a']) {
    const below = outside.at(place, 'b')
    fs.mkdirSync(below, { recursive: true })
    fs.writeFileSync(path.join(below, 'file'), place === 'outside' ? `secret${'.'.repeat(2000)}` : 'own')
    fs.symlinkSync(place === 'outside' ? './file' : 'file', path.join(below, 'link'))
    fs.writeFileSync(path.join(below, place === 'outside' ? 'secret' : 'own'), '')
  }
  outside.remember()
  const racer = fork('test/attack/guests/racer.mjs', [data, which])
  await once(racer, 'message')
  try {
    return await run(data)
  } finally {
    racer.kill('SIGKILL')
    await once(racer, 'exit')
  }
}

describeAttacks('directories', (mode) => {
  test.each(exchanged)(
    '%s is exchanged for a link by another process',
    async (which) => {
      const options = { mode, args: ['/data', String(ROUNDS)] }
      const output = await raced(which, (data) => outputOf(guest, { ...options, dirs: { '/data': data } }))
      expect(output).toBe('escaped: 0\nmoved: yes\n')
      expect(outside.differences()).toEqual([])
    },
    90_000,
  )
})

describeAttacksOutside('directories', () => {
  test.each(exchanged)(
    '%s is exchanged, and what is opened by names is looked at again',
    async (which) => {
      const files = (data: string) => hostFiles({ '/data': data }, { byDescriptor: false })
      const output = await raced(which, (data) => runOverFiles(guest, files(data), ['/data', String(ROUNDS), 'reads']))
      expect(output).toMatch(/^escaped: 0\n/m)
      expect(output).not.toContain('file found')
      expect(outside.differences()).toEqual([])
    },
    90_000,
  )
})
