import { afterEach, describe, expect, test, vi } from 'vitest'
import { modeLines, versionText } from '../../src/cli/version.js'
import type { ModeHere } from '../../src/host/mode.js'

const had = { lack: undefined, lackIfAsked: undefined }
/** A machine with `node:ffi` and without koffi, where nothing can be suspended. */
const modes: readonly ModeHere[] = [
  { mode: 'native', lack: 'it needs koffi', lackIfAsked: undefined },
  { mode: 'suspend', lack: 'it needs Node 26', lackIfAsked: 'it needs Node 26' },
  { mode: 'worker', ...had },
]

describe('what --version -v says of modes', () => {
  test('what is not taken unasked can be asked for', () => {
    const [native, suspend, ...rest] = modeLines('worker', modes)
    expect(native).toBe('  native   can be asked for with --mode=native; it is not taken unasked: it needs koffi')
    expect(suspend).toBe('  suspend  cannot be had: it needs Node 26')
    expect(rest).toEqual(['  worker   is taken: it was asked for'])
  })

  test('a mode that is wanted and cannot be had is told, and none is taken', () => {
    const lines = modeLines('suspend', modes)
    expect(lines.at(-1)).toBe('POSIX_WASM_MODE says suspend, which cannot be had: runs will be refused')
    expect(lines.join()).not.toContain('is taken')
  })

  test('so is what is no mode', () => {
    expect(modeLines('fast', modes)).toEqual(['POSIX_WASM_MODE is no mode: "fast"; runs will be refused'])
  })

  describe('with a variable that is empty', () => {
    afterEach(() => vi.unstubAllEnvs())

    test('it is as if there were none', () => {
      const args = ['--version', '-v']
      vi.stubEnv('POSIX_WASM_MODE', undefined)
      const text = versionText('1', args)
      expect(text).toContain('is taken')
      vi.stubEnv('POSIX_WASM_MODE', '')
      expect(versionText('1', args)).toBe(text)
    })
  })
})
