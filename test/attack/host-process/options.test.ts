import { expect, test } from 'vitest'
import { instantiateWithSockets, OptionError, runWithSockets, SocketShim, virtualNetwork } from '../../../src/index.js'
import { describeAttacks, describeAttacksOutside } from '../../support/attack.js'
import { resources } from '../../support/resources.js'
import { tinyGuest } from '../../support/tiny-wasm.js'
import { badOptions } from './bad-options.js'

const guest = tinyGuest([], () => [])

/** The error of an attempt: one sentence, on one line, without what a terminal obeys. */
async function refusalOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt()
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError)
    expect((error as Error).message).toMatch(/^[\x20-\x7e]+$/)
    return (error as Error).message
  }
  return 'nothing was refused'
}

/** The same options, in the mode that is attacked where they do not name one. */
function inMode(options: unknown, mode: string): never {
  const isPlain = typeof options === 'object' && options !== null && Object.getPrototypeOf(options) === Object.prototype
  return (isPlain ? { mode, ...Object.fromEntries(Object.entries(options)) } : options) as never
}

/** Attempts that reading their properties to add a mode would set off. */
const mayNotBeRead = (what: string) => /^a (getter|proxy|prototype)/.test(what)

describeAttacks('host process', (mode) => {
  test.each(badOptions)('runWithSockets refuses %s', async (what, make, sentence) => {
    const options = mayNotBeRead(what) ? (make() as never) : inMode(make(), mode)
    expect(await refusalOf(() => runWithSockets(guest, options))).toContain(sentence)
  })

  test.each(badOptions)('instantiateWithSockets refuses %s', async (what, make, sentence) => {
    const options = mayNotBeRead(what) ? (make() as never) : inMode(make(), mode)
    expect(await refusalOf(() => instantiateWithSockets(guest, options))).toContain(sentence)
  })

  test('what was refused has left no thread and no descriptor', async () => {
    const before = await resources()
    for (const [, make] of badOptions) await refusalOf(() => runWithSockets(guest, make() as never))
    const { descriptors, threads } = await resources()
    expect({ descriptors, threads }).toEqual({ descriptors: before.descriptors, threads: before.threads })
  })

  test.each<[string, object]>([
    ['frozen', Object.freeze({ args: Object.freeze(['a']), env: Object.freeze({ A: 'b' }) })],
    [
      'without a prototype',
      Object.assign(Object.create(null), { env: Object.assign(Object.create(null), { A: 'b' }) }),
    ],
    [
      'of a class',
      new (class {
        readonly env = { A: 'b' }
      })(),
    ],
    ['inherited', Object.create({ env: { A: 'b' } })],
    ['proxies', new Proxy({ env: new Proxy({ A: 'b' }, {}) }, {})],
    ['undefined', { env: undefined, nonsense: undefined }],
  ])('options that are %s are options', async (_, options) => {
    expect(await runWithSockets(guest, options)).toBe(0)
  })

  test('rules that are read a second time are those of the first', async () => {
    let reads = 0
    const network = Object.defineProperty({}, 'allow', {
      enumerable: true,
      get: () => (reads++ === 0 ? [] : ['*']),
    })
    await runWithSockets(guest, { mode, network })
    expect(reads).toBe(1)
  })

  test('the environment of this process is one', async () => {
    expect(await runWithSockets(guest, { mode, env: process.env })).toBe(0)
  })

  test.each<[string, unknown]>([
    ['a number', 5],
    ['nothing', undefined],
    ['null', null],
    ['an object', {}],
    ['an empty path', ''],
    ['a path with NUL', 'a\0b'],
    ['a URL of the web', new URL('http://127.0.0.1/x.wasm')],
    ['a list of bytes', [0, 97, 115, 109]],
    ['shared bytes', new SharedArrayBuffer(8)],
  ])('%s is no module', async (_, module) => {
    expect(await refusalOf(() => runWithSockets(module as never, { mode }))).toContain('the module must be the path')
    expect(await refusalOf(() => instantiateWithSockets(module as never, { mode }))).toContain('the module must be')
  })
})

describeAttacksOutside('host process', () => {
  test.each<[unknown, string]>([
    [{ network: [] }, 'network must be a network function, or a driver'],
    [{ network: { allow: [] } }, 'network must be a network function'],
    [{ network: null }, 'network must be a network function'],
    [{ world: {} }, 'world must be a world with the functions now, time and random, not an object'],
    [{ descriptors: '8' }, 'descriptors must be a whole number'],
    [{ hostname: 5 }, 'hostname must be a text without NUL, not 5'],
    [{ onListen: {} }, 'onListen must be a function, not an object'],
    [{ numbering: 'bsd' }, "numbering must be 'linux' or 'wasi-libc'"],
    [{ trace: 5 }, 'trace must be a function, not 5'],
    [{ tarce: () => {} }, 'there is no option tarce; did you mean trace?'],
    ['abc', 'the options must be an object'],
    [null, 'the options must be an object'],
  ])('a SocketShim of %o is refused', async (options, sentence) => {
    expect(await refusalOf(() => new SocketShim(options as never))).toContain(sentence)
  })

  test.each<[unknown, string]>([
    [{ seed: 'x' }, 'seed must be a finite number, not "x"'],
    [{ seed: Number.NaN }, 'seed must be a finite number, not NaN'],
    [{ startsAtMs: Number.POSITIVE_INFINITY }, 'startsAtMs must be a finite number, not Infinity'],
    [{ trace: 'x' }, 'trace must be a function, not "x"'],
    [{ sed: 1 }, 'there is no option sed; did you mean seed?'],
    [5, 'the options must be an object, not 5'],
  ])('a virtual network of %o is refused', async (options, sentence) => {
    expect(await refusalOf(() => virtualNetwork(options as never))).toContain(sentence)
  })

  const net = virtualNetwork()
  const [one, other] = [net.host('one', ['10.0.0.1']), net.host('other', ['10.0.0.2'])]
  test.each<[string, () => unknown, string]>([
    ['host without a name', () => net.host('', []), "the host's name must be a name"],
    ['host of a number', () => net.host(5 as never, []), "the host's name must be a name, as a text, not 5"],
    ['host with addresses as a text', () => net.host('x', '10.0.0.3' as never), 'x: addresses must be a list of'],
    ['host with an address that is none', () => net.host('x', ['300.1.1.1']), 'x: addresses[0] must be an IP address'],
    ['host with an address of another', () => net.host('x', ['10.0.0.1']), '10.0.0.1 is the address of another host'],
    ['link of strings', () => net.link(one, other, { latencyMs: '5' as never }), 'latencyMs must be a finite number'],
    ['link of NaN', () => net.link(one, other, { loss: Number.NaN }), 'loss must be a probability'],
    ['link misspelt', () => net.link(one, other, { latency: 5 } as never), 'did you mean latencyMs?'],
    ['link to a stranger', () => net.link(one, virtualNetwork().host('s', []), {}), 's is a host of another network'],
    ['advance by NaN', () => net.advance(Number.NaN), 'the time to advance must be a number of milliseconds'],
    ['advance backwards', () => net.advance(-1), 'the time to advance must be a number of milliseconds'],
    ['sleep for a text', () => net.sleep('5' as never), 'the time to sleep must be a number of milliseconds'],
    ['connect to a stranger', () => net.connect('nobody', 80), 'no host is called nobody'],
    ['connect to port NaN', () => net.connect('one', Number.NaN), 'port must be a whole number from 0 to 65535'],
    ['serve at port -1', () => one.serve(-1, () => ({})), 'port must be a whole number from 0 to 65535'],
    ['listen at port 70000', () => one.createServer().listen(70_000), 'port must be a whole number from 0 to 65535'],
    ['a socket of TCP', () => one.createSocket('tcp4' as never), "the type of a socket must be 'udp4' or 'udp6'"],
  ])('a virtual network refuses: %s', async (_, attempt, sentence) => {
    expect(await refusalOf(attempt)).toContain(sentence)
  })
})
