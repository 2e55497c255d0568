import { WasmFs } from '@wasmer/wasmfs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { GuestLimits } from '../../../src/host/limits-option.js'
import { instantiateWithSockets, runWithSockets } from '../../../src/host.js'
import { describeAttacks, describeAttacksOutside } from '../../support/attack.js'
import { command } from '../../support/command.js'
import { compileFrom } from '../../support/wasi-programs.js'

/* A guest that fills its files in memory, in every way, ends at its limit with ENOSPC, and never at the end of this process. */
const MIB = 1024 * 1024
let guest = ''
beforeAll(async () => {
  guest = (await compileFrom('test/attack/guests', ['hoard']))['hoard'] as string
}, 120_000)

/** Ways to fill the file system with 1 MiB and 100 names, and the least and the most that they may come to. */
const rows: readonly [how: string, said: RegExp, least: number, most: number][] = [
  ['bytes', /^wrote (\d+), ENOSPC$/, MIB - 8192, MIB],
  ['odd bytes', /^wrote (\d+), ENOSPC$/, MIB - 8192, MIB],
  ['appended', /^wrote (\d+), ENOSPC$/, MIB - 8192, MIB],
  ['over what is there', /^replaced after (\d+), no end$/, MIB - 8192, MIB],
  ['truncate', /^size (-1), ENOSPC$/, -1, -1],
  ['allocate', /^size (-1), ENOSPC$/, -1, -1],
  ['gap', /^wrote (-1), ENOSPC$/, -1, -1],
  ['files', /^made (\d+), ENOSPC$/, 100, 100],
  ['directories', /^made (\d+), ENOSPC$/, 100, 100],
  ['symbolic links', /^made (\d+), ENOSPC$/, 100, 100],
  ['hard links', /^made (\d+), ENOSPC$/, 99, 99],
  ['long names', /^made (\d+), ENOSPC$/, 100, 100],
  ['long targets', /^made (\d+), ENOSPC$/, 10, 60],
  ['deep', /^deep (\d+), ENOSPC$/, 100, 100],
  ['removed and open', /^\d+, then wrote -1, ENOSPC\nafter close (\d+), ENOSPC$/, MIB / 2, MIB],
  ['replaced by rename', /^rounds (\d+), no end$/, 20, 20],
  ['truncated again', /^rounds (\d+), no end$/, 20, 20],
]

function check(said: string, [, pattern, least, most]: (typeof rows)[number]): void {
  const [, number] = pattern.exec(said.trimEnd()) ?? []
  expect(said.trimEnd()).toMatch(pattern)
  expect(Number(number)).toBeGreaterThanOrEqual(least)
  expect(Number(number)).toBeLessThanOrEqual(most)
}

const taking = () => {
  let output = ''
  const stdout = (bytes: Uint8Array) => {
    output += Buffer.from(bytes)
  }
  return { stdout, said: () => output }
}

describeAttacks('host process', (mode) => {
  const run = async (args: string[], limits: GuestLimits) => {
    const { stdout, said } = taking()
    const quiet = { notice() {}, stdin: 'ignore' as const, timeoutMs: 60_000 }
    await runWithSockets(guest, { mode, args, limits, stdout, ...quiet })
    return said()
  }

  describe('files in memory, limited to 1 MiB and 100 names', () => {
    test.each(rows)('%s', async (...row) => check(await run([row[0]], { fileBytes: MIB, files: 100 }), row))
  })

  test.each([
    ['names by their bytes', ['files'], { fileBytes: MIB }, /^made [4-9]\d\d, ENOSPC$/],
    ['names by default', ['files', '220000'], {}, /^made 65\d{3}, ENOSPC$/],
    ['bytes by memoryBytes', ['bytes'], { memoryBytes: 16 * MIB }, /^wrote 167\d{5}, ENOSPC$/],
    ['bytes by default', ['truncate'], {}, /^size 2097152, no end$/],
    ['directories in each other by the length of a path', ['deep, long names'], {}, /^deep 20, Filename too long$/],
    ['files that come and go', ['file churn', '3000'], { files: 3 }, /^churned 3000, no end$/],
    ['directories that come and go', ['directory churn', '3000'], { files: 3 }, /^churned 3000, no end$/],
  ] as const)(
    '%s are limited',
    async (_, args, limits, said) => {
      expect((await run([...args], limits)).trimEnd()).toMatch(said)
    },
    60_000,
  )

  test('a person is told of the limit', async () => {
    const notices: string[] = []
    const { stdout } = taking()
    const limits = { files: 3 }
    await runWithSockets(guest, { mode, args: ['files'], limits, stdout, notice: (text) => notices.push(text) })
    expect(notices).toEqual(['the guest has reached its limit, --limit files=3'])
  })

  test('files of the host do not count, and hold with instantiateWithSockets and fs', async () => {
    if (mode === 'worker') return // it is the same as any other on the calling thread
    const fs = new WasmFs()
    fs.fs.writeFileSync('/large', Buffer.alloc(3 * MIB))
    const { stdout, said } = taking()
    const limits = { fileBytes: MIB, files: 10 }
    const given = await instantiateWithSockets(guest, { mode, args: ['bytes'], fs, limits, stdout, notice() {} })
    await given.start()
    check(said(), rows[0] as (typeof rows)[number])
    expect(fs.fs.readFileSync('/first').length).toBeGreaterThan(MIB - 8192)
  })
})

describeAttacksOutside('host process', () => {
  test.each([
    [['--limit', 'file-bytes=1M'], 'bytes', /^wrote 10\d{5}, ENOSPC\n/, 'file-bytes=1048576'],
    [['--limit', 'files=7'], 'files', /^made 7, ENOSPC\n/, 'files=7'],
  ] as const)('the command takes %s', async (flags, how, said, flag) => {
    const { stdout, stderr } = await command([...flags, guest, how])
    expect(stdout).toMatch(said)
    expect(stderr).toBe(`posix-wasm: the guest has reached its limit, --limit ${flag}\n`)
  })

  test.each([{ fileBytes: 0 }, { fileBytes: 1.5 }, { files: -1 }, { files: '3' }])('%o is no limit', async (limits) => {
    const run = runWithSockets(guest, { limits: limits as GuestLimits })
    await expect(run).rejects.toMatchObject({ name: 'OptionError' })
  })
})
