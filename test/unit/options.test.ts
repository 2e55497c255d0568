import { expect, test } from 'vitest'
import { instantiateWithSockets, OptionError, runWithSockets } from '../../src/host.js'
import { tinyGuest } from '../support/tiny-wasm.js'

const guest = tinyGuest([], () => [])

const wrong: [string, object, string][] = [
  ['no time at all', { timeoutMs: 0 }, 'timeoutMs must be a positive number of milliseconds, not 0'],
  ['negative time', { figuresEveryMs: -5 }, 'figuresEveryMs must be a positive number of milliseconds, not -5'],
  ['time as a text', { timeoutMs: '10' }, 'timeoutMs must be a positive number of milliseconds, not "10"'],
  ['what is no number', { lingerMs: Number.NaN }, 'lingerMs must be a number of milliseconds, 0 or more, not NaN'],
  ['no descriptors', { descriptors: -1 }, 'descriptors must be a whole number from 1 to 1048576, not -1'],
  ['a strange numbering', { numbering: 'bsd' }, `numbering must be 'linux' or 'wasi-libc', not "bsd"`],
  ['a hostname that is none', { hostname: 5 }, 'hostname must be a text without NUL, not 5'],
  ['a listener that is none', { onFigures: 5 }, 'onFigures must be a function, not 5'],
  ['no limits', { limits: null }, 'limits must be an object of numbers, not null'],
  ['no network', { network: null }, 'network must be rules, { allow, deny }, or a network, not null'],
  [
    'a recording that is no path',
    { record: new URL('file:///tmp/x') },
    'record must be a path, as a text, not file:///tmp/x',
  ],
  ['a word for another', { timeout: 3 }, 'there is no option timeout; did you mean timeoutMs?'],
  ['a misspelt one', { Stdot: 'ignore' }, 'there is no option Stdot; did you mean stdout?'],
  ['what there is nothing like', { colour: 'red' }, 'there is no option colour; there are args, argv0, env, '],
  ['what every object has', { toString: 1 }, 'there is no option toString; there are '],
  [
    'a limit that there is not',
    { limits: { memory: 1 } },
    'there is no limit memory; there are sockets, connectionsPerSecond, datagramsPerSecond, bytesPerSecondIn, bytesPerSecondOut, bytesIn, bytesOut, pendingBytes, lookupsPerSecond, lookups, fileBytes, files, memoryBytes',
  ],
  ['a version of TLS', { tls: { minVersion: '1.2' } }, `tls.minVersion must be 'TLSv1.2' or 'TLSv1.3', not "1.2"`],
  ['an empty path', { replay: '' }, 'replay must be a path, as a text, not ""'],
  ['both at once', { record: 'a', replay: 'b' }, 'give either record or replay, not both'],
]

test.each(wrong)('%s is refused in a sentence', async (_, options, message) => {
  for (const run of [runWithSockets, instantiateWithSockets]) {
    const refusal = run(guest, options as object)
    await expect(refusal).rejects.toBeInstanceOf(OptionError)
    await expect(refusal).rejects.toThrow(message)
  }
})

test('an option that is undefined is as good as none, whatever its name; those of the command pass', async () => {
  const internal = { timeout: undefined, mode: 'worker', printTrace: undefined, threads: undefined } as object
  expect(await runWithSockets(guest, internal)).toBe(0)
  expect(await runWithSockets(guest, { mode: 'worker', printTrace: 'json' } as object)).toBe(0)
})
