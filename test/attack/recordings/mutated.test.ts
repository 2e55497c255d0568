import fs from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { GuestTimeout, GuestTrap, instantiateWithSockets, type RunOptions, runWithSockets } from '../../../src/index.js'
import { RecordingError, ReplayDiverged } from '../../../src/recording/errors.js'
import { recordingLines } from '../../../src/recording/show.js'
import { describeAttacks } from '../../support/attack.js'
import { randomFrom } from '../../support/random.mjs'
import { compileFrom } from '../../support/wasi-programs.js'
import { bodiesOf, fileOf, outputAt, valueBytes, written } from './forge.js'

/** Forged recordings of each kind; of these some are replayed in the thread that the mode has, the others on the calling thread. */
const TURNS = 20
const ON_CALLING_THREAD = 8
const SEED = 20_001

let guest = ''
beforeAll(async () => {
  guest = (await compileFrom('test/attack/guests', ['recorded']))['recorded'] as string
})

/** What is put in place of what calls came to. */
const values: readonly unknown[] = [
  ...[undefined, null, true, false, 0, 1, -1, 5, 8, 1.5, 2 ** 31, 2 ** 50, Number.NaN, Number.POSITIVE_INFINITY, 5n],
  ...['', 'EAGAIN', 'EIO', '__proto__', 'constructor', Buffer.from('hello'), [], [[]], [1, 2], [null], {}],
  ...[{ length: 5 }, { is: 'found' }, { handle: 5 }, [{ handle: 5, events: 1 }], { on: [], timeoutMs: 5 }],
  ...[
    { family: 'inet', host: '1.2.3.4', port: 1 },
    { family: 'unix', path: '/run/x' },
  ],
  ...[
    { name: 'Error', message: 'stopped' },
    { name: 'GuestTimeout', message: '', timeoutMs: 5 },
  ],
]

type Random = () => number
const pick = <T>(random: Random, all: readonly T[]) => all[random() % all.length] as T

/** Ways to forge the frames of a recording: each changes the list, of which the first is the header. */
const ways: Readonly<Record<string, (bodies: Buffer[], at: number, random: Random) => void>> = {
  'another value': (bodies, at, random) => {
    const body = bodies[at] as Buffer
    const from = outputAt(body)
    bodies[at] = Buffer.concat([body.subarray(0, from), valueBytes(pick(random, values))])
  },
  'another value before the bytes': (bodies, at, random) => {
    const body = bodies[at] as Buffer
    const from = outputAt(body)
    bodies[at] = Buffer.concat([body.subarray(0, from), valueBytes(pick(random, values)), body.subarray(from + 1)])
  },
  'another outcome': (bodies, at, random) => {
    ;(bodies[at] as Buffer)[1] = random() % 4
  },
  'another call': (bodies, at, random) => {
    ;(bodies[at] as Buffer)[0] = 1 + (random() % 80)
  },
  'other bytes': (bodies, at, random) => {
    const body = bodies[at] as Buffer
    for (let left = 1 + (random() % 3); left > 0; left--) body[random() % body.length] = random()
  },
  'an end before its time': (bodies, at, random) => {
    const body = bodies[at] as Buffer
    bodies[at] = body.subarray(0, 1 + (random() % body.length))
  },
  'a frame less': (bodies, at) => void bodies.splice(at, 1),
  'a frame twice': (bodies, at) => void bodies.splice(at, 0, Buffer.from(bodies[at] as Buffer)),
  'two frames exchanged': (bodies, at, random) => {
    const other = 1 + (random() % (bodies.length - 1))
    const body = bodies[at] as Buffer
    bodies[at] = bodies[other] as Buffer
    bodies[other] = body
  },
}

/** Whether an end of a run is one that a forged recording may have. A recorded reason to stop is an error of any name. */
function isTyped(error: unknown): boolean {
  if ([RecordingError, ReplayDiverged, GuestTrap, GuestTimeout].some((each) => error instanceof each)) return true
  return error instanceof Error && error.name === 'Error' && error.message === 'stopped'
}

async function runHere(source: string, { imports: _, stdin, ...options }: RunOptions): Promise<number> {
  const input = typeof stdin === 'string' ? { stdin } : {}
  return (await instantiateWithSockets(source, { ...options, ...input })).start()
}

describeAttacks('recordings', (mode) => {
  let bodies: Buffer[] = []
  const options = (file: string) =>
    ({ mode, stdout: 'ignore', stderr: 'ignore', stdin: 'input', timeoutMs: 30_000, file }) as const
  beforeAll(async () => {
    const { file, ...others } = options(written(Buffer.alloc(0), `${mode}.rec`))
    expect(await runWithSockets(guest, { ...others, record: file })).toBe(7)
    bodies = bodiesOf(fs.readFileSync(file))
    expect(await runWithSockets(guest, { ...others, replay: written(fileOf(bodies), `${mode}-whole.rec`) })).toBe(7)
  })

  test.each(Object.keys(ways))('%s in a recording', async (way) => {
    const random = randomFrom(SEED)
    for (let turn = 0; turn < TURNS; turn++) {
      const forged = bodies.map((body) => Buffer.from(body))
      const at = 1 + (random() % (forged.length - 1))
      ways[way]?.(forged, at, random)
      const { file, ...others } = options(written(fileOf(forged), `${mode}-forged.rec`))
      const replay = turn % ON_CALLING_THREAD === 0 ? runWithSockets : runHere
      const came = await replay(guest, { ...others, replay: file }).catch((error: unknown) => error)
      expect(typeof came === 'number' || isTyped(came) || came, `turn ${turn}, frame ${at}`).toBe(true)
      const shown = (of: 'calls' | 'operations') => {
        try {
          return Array.from(recordingLines(file, { of })).length
        } catch (error) {
          return error instanceof RecordingError ? 0 : error
        }
      }
      for (const of of ['calls', 'operations'] as const) expect(typeof shown(of), `turn ${turn}`).toBe('number')
    }
  })
})
