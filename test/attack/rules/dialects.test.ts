import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runWithSockets } from '../../../src/index.js'
import { describeAttacks } from '../../support/attack.js'
import { ruledScene, type Scene } from '../../support/rule-attacks.js'
import { compileFrom } from '../../support/wasi-programs.js'

/* The same attempts in each of the other dialects, made by test/attack/guests/dialect_attempts.h. */
const dialects = ['wasmedge1', 'wasmedge2', 'wamr', 'wasix', 'replicated'] as const
type Dialect = (typeof dialects)[number]

const rows: readonly (readonly [attempt: string, outcome: string])[] = [
  ['connect to the allowed port', 'ok'],
  ['connect to another port', 'EACCES'],
  ['connect to another address', 'EACCES'],
  ['connect to 0.0.0.0', 'EACCES'],
  ['connect to 0.0.0.0 at the twin', 'EACCES'],
  ['connect to ::', 'ok'],
  ['connect to mapped 0.0.0.0', 'EACCES'],
  ['connect to a mapped address', 'EACCES'],
  ['connect through NAT64', 'EACCES'],
  ['send to the allowed port', 'ok'],
  ['peer to the allowed port', 'ok'],
  ['send to another port', 'EACCES'],
  ['peer to another port', 'EACCES'],
  ['send to 0.0.0.0 at the twin', 'EACCES'],
  ['peer to 0.0.0.0 at the twin', 'EACCES'],
  ['send to ::', 'ok'],
  ['peer to ::', 'ok'],
  ['send to :: from a mapped address', 'EACCES'],
  ['peer to :: from a mapped address', 'EACCES'],
  ['send to mapped 0.0.0.0', 'EACCES'],
  ['peer to mapped 0.0.0.0', 'EACCES'],
  ['send to a mapped address', 'EACCES'],
  ['peer to a mapped address', 'EACCES'],
  ['listen without bind', 'EACCES'],
  ['listen at 0.0.0.0', 'EACCES'],
  ['listen at ::', 'EACCES'],
  ['listen at another port', 'EACCES'],
]

/** What a dialect has no words for. */
const unsaid: { readonly [D in Dialect]?: (attempt: string) => boolean } = {
  replicated: (attempt) => /^send|::|mapped|NAT64|listen at/.test(attempt),
}

const compiled = new Map<Dialect, Promise<string>>()

/** The path of the guest, which is compiled once. */
function guest(dialect: Dialect): Promise<string> {
  const name = `attempts_${dialect}`
  const known =
    compiled.get(dialect) ?? compileFrom('test/attack/guests', [name]).then((paths) => paths[name] as string)
  compiled.set(dialect, known)
  return known
}

describeAttacks('rules', (mode) => {
  describe.each(dialects)('in the dialect %s', (dialect) => {
    let scene: Scene
    let output = ''
    beforeAll(async () => {
      scene = await ruledScene(['udp ::1', 'tcp ::1'])
      await runWithSockets(await guest(dialect), {
        ...{ mode, timeoutMs: 50_000, onRefusal() {} },
        args: ['T', 'S', 'U', 'SU', 'P', 'F'].map((word) => scene.spell(`{${word}}`)),
        network: { allow: ['connect:127.0.0.1:{T}', '[::1]:{P}', 'udp:127.0.0.1:{U}'].map(scene.spell) },
        stdout(bytes) {
          output += Buffer.from(bytes)
        },
      })
    }, 120_000)
    afterAll(() => scene.close())

    test.each(rows)('%s', (attempt, outcome) => {
      const said = unsaid[dialect]?.(attempt) === true ? 'ENOTSUP' : outcome
      expect(output.split('\n')).toContain(`${attempt}: ${said}`)
    })

    test('resolve localhost', () => {
      expect(output).toContain('resolve localhost: ')
      expect(output).not.toContain('resolve localhost: ok')
    })

    test('reaches nothing that is forbidden', () => expect(scene.reached).toEqual([]))
  })
})
