import { Readable } from 'node:stream'

/** An attempt: what is given, how it is made, and a part of the sentence that must come of it. */
export type BadOption = readonly [what: string, make: () => unknown, sentence: string]

const loud = () => {
  throw new Error('a trap')
}
const getter = (name: string) => Object.defineProperty({}, name, { enumerable: true, get: loud })
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const unprintable = Object.assign(Object.create(null), { toString: loud })

/** Values for options whose name begins the sentence. */
const values: readonly (readonly [name: string, sentence: string, ...values: unknown[]])[] = [
  ['args', 'a list of texts', 'abc', 5, {}, null, new Set(['a'])],
  ['argv0', 'a text without NUL', 5, null, ['a'], 'a\0b'],
  ['env', 'an object of texts', 'A=1', ['A=1'], 5, null, new Map([['A', '1']]), () => ({})],
  ['dirs', 'an object of paths', '/data', ['/data'], 5, null, new Map()],
  ['fs', 'a WasmFs of @wasmer/wasmfs', {}, 'x', 5, null, [], { toJSON: 1, fromJSON: 2 }],
  ['timeoutMs', 'a positive number of milliseconds', 0, -1, Number.NaN, '10', null, 10n, [10], {}],
  ['figuresEveryMs', 'a positive number of milliseconds', 0, -5, Number.NaN, '10', true],
  ['lingerMs', 'a number of milliseconds, 0 or more', -1, Number.NaN, '10', null],
  ['signal', 'an AbortSignal', {}, 5, null, 'abort', new AbortController(), [], { aborted: false }, () => {}],
  ['descriptors', 'a whole number from 1 to 1048576', 0, -1, 1.5, 2 ** 31, '8', Number.NaN, Number.POSITIVE_INFINITY],
  ['numbering', "'linux' or 'wasi-libc'", 'bsd', 5, null],
  ['mode', "'auto', 'worker', 'suspend' or 'native'", 'thread', 5, null, 'toString'],
  ...(['trace', 'onListen', 'onRefusal', 'notice', 'onFigures', 'onSocketEvent'] as const).map(
    (name) => [name, 'a function', {}, 'x', 5, null, true] as const,
  ),
  ['limits', 'an object of numbers', 5, 'x', null, [1], new Map()],
  ['record', 'a path, as a text', '', 5, null, new URL('file:///tmp/x'), 'a\0b'],
  ['replay', 'a path, as a text', '', 5, null, {}],
  ['mayBeCutOff', 'true or false', 'yes', 1, null],
  ['mayBeRebuilt', 'true or false', 'yes', 1, null],
  ['hostname', 'a text without NUL', 5, null, 'a\0b'],
  ['listen', 'a list of addresses', '127.0.0.1:0', 5, null, {}],
  ['connect', 'a list of addresses', '127.0.0.1:1', 5, null, {}],
  ['connections', 'a list of Duplex streams', {}, 'x', 5, null],
  ['tls', 'an object', 5, 'x', null, [], new Map()],
  [
    'stdin',
    "'inherit', 'ignore', a text, bytes (a Uint8Array) or a Readable",
    42,
    null,
    {},
    [],
    true,
    new ArrayBuffer(8),
  ],
  ['stdout', "'inherit', 'ignore', a function or a Writable", 'pipe', 42, null, {}, [], Readable.from([])],
  ['stderr', "'inherit', 'ignore', a function or a Writable", 'pipe', 42, null, {}, new Uint8Array(1)],
  [
    'network',
    'rules, { allow, deny }, or a network',
    [],
    ['allow'],
    5,
    null,
    '*',
    true,
    new Map(),
    new Set(),
    new Date(),
  ],
]

const byValue = values.flatMap(([name, must, ...bad]) =>
  bad.map(
    (value, index): BadOption => [
      `${name}, wrong value ${index}`,
      () => ({ [name]: value }),
      `${name} must be ${must}`,
    ],
  ),
)

const byPart: readonly BadOption[] = [
  ['args with a number', () => ({ args: ['a', 1] }), 'args[1] must be a text without NUL, not 1'],
  ['args with a hole', () => ({ args: new Array(2) }), 'args[0] must be a text without NUL, not undefined'],
  ['args with NUL', () => ({ args: ['a\0b'] }), 'args[0] must be a text without NUL, not "a\\u0000b"'],
  ['args as a text', () => ({ args: 'abc' }), 'write ["abc"]'],
  ['an endless list', () => ({ args: new Proxy([], { get: (_, key) => (key === 'length' ? 2 ** 53 : 7) }) }), 'args'],
  ['env with a number', () => ({ env: { PORT: 8080 } }), 'env: "PORT" must be a text without NUL, not 8080'],
  ['env with null', () => ({ env: { A: null } }), 'env: "A" must be a text without NUL, not null'],
  ['env with NUL in a value', () => ({ env: { A: 'a\0B=c' } }), 'env: "A" must be a text without NUL'],
  ['env with NUL in a name', () => ({ env: { 'A\0': 'a' } }), 'env: "A\\u0000" cannot name a variable'],
  ['env with = in a name', () => ({ env: { 'A=B': 'a' } }), 'env: "A=B" cannot name a variable'],
  ['env with an empty name', () => ({ env: { '': 'a' } }), 'env: "" cannot name a variable'],
  ['dirs to nowhere', () => ({ dirs: { '/data': '/no/such/place' } }), 'dirs: "/data" must lead to a directory'],
  ['dirs to a file', () => ({ dirs: { '/data': process.execPath } }), 'dirs: "/data" must lead to a directory'],
  ['dirs to a number', () => ({ dirs: { '/data': 5 } }), 'dirs: "/data" must be a path, or { path, readOnly }, not 5'],
  [
    'dirs that are nearly read-only',
    () => ({ dirs: { '/data': { path: '.', readonly: true } } }),
    'there is no setting of a directory readonly; did you mean readOnly?',
  ],
  [
    'dirs that are read-only as a text',
    () => ({ dirs: { '/data': { path: '.', readOnly: 'yes' } } }),
    'dirs: "/data".readOnly must be true or false, not "yes"',
  ],
  ['dirs without a path', () => ({ dirs: { '/data': { readOnly: true } } }), 'dirs: "/data" needs a path'],
  ['dirs without a name', () => ({ dirs: { '': '.' } }), 'dirs: a directory needs a name'],
  ['dirs with NUL', () => ({ dirs: { '/data': '.\0' } }), 'dirs: "/data" must be a text without NUL'],
  ['dirs to an empty path', () => ({ dirs: { '/data': '' } }), 'dirs: "/data" leads nowhere'],
  ['an address without a port', () => ({ listen: ['127.0.0.1'] }), 'listen takes HOST:PORT'],
  ['an address that is a number', () => ({ listen: [80] }), 'listen[0] must be a text without NUL, not 80'],
  ['a port that is too large', () => ({ listen: ['127.0.0.1:65536'] }), 'listen takes HOST:PORT'],
  ['port 0 of a peer', () => ({ connect: ['127.0.0.1:0'] }), 'no peer can be reached at port 0'],
  ['a connection that is a number', () => ({ connections: [1] }), 'connections[0] must be a Duplex stream, not 1'],
  ['a connection that is a Readable', () => ({ connections: [Readable.from([])] }), 'connections[0] must be a Duplex'],
  ['an unknown setting of TLS', () => ({ tls: { foo: 1 } }), 'there is no setting of tls foo; there are ca, cert'],
  ['a misspelt setting of TLS', () => ({ tls: { verfy: true } }), 'did you mean verify?'],
  ['TLS that is verified by a text', () => ({ tls: { verify: 'no' } }), "tls.verify must be true, false or 'guest'"],
  ['TLS with a certificate that is none', () => ({ tls: { ca: 'x' } }), 'tls: ca: it has no certificate in PEM'],
  ['TLS with a number for a key', () => ({ tls: { key: 5 } }), 'tls.key must be PEM, as a text or bytes, not 5'],
  ['TLS with authorities that are numbers', () => ({ tls: { ca: [5] } }), 'tls.ca[0] must be PEM'],
  ['TLS with protocols as a text', () => ({ tls: { alpn: 'h2' } }), 'tls.alpn must be a list of protocols, not "h2"'],
  ['a limit that does not exist', () => ({ limits: { memory: 1 } }), 'there is no limit memory'],
  ['a limit that is a text', () => ({ limits: { sockets: '5' } }), 'the limit sockets must be a whole number'],
  [
    'a limit that is an object',
    () => ({ limits: { sockets: unprintable } }),
    'the limit sockets must be a whole number',
  ],
  [
    'a memory that is negative',
    () => ({ limits: { memoryBytes: -1 } }),
    'the limit memoryBytes must be a whole number',
  ],
  ['rules as a text', () => ({ network: { allow: '*' } }), 'network.allow must be a list of rules, not "*"'],
  ['rules that are null', () => ({ network: { allow: null } }), 'network.allow must be a list of rules, not null'],
  ['rules that are numbers', () => ({ network: { deny: [80] } }), 'network.deny[0] must be a text without NUL, not 80'],
  ['rules with a hole', () => ({ network: { allow: new Array(1) } }), 'network.allow[0] must be a text without NUL'],
  ['a rule that is none', () => ({ network: { allow: ['tcp:x'] } }), 'tcp is no direction'],
  [
    'a misspelt list of rules',
    () => ({ network: { alow: [] } }),
    'there is no field of network alow; did you mean allow?',
  ],
  [
    'rules through nothing',
    () => ({ network: { through: {} } }),
    'network.through must be a host of a virtual network',
  ],
  ['a driver without functions', () => ({ network: { network: 5 } }), 'network must be a driver'],
  ['a host that is none', () => ({ network: { transport: 1 } }), 'network must be a host of a virtual network'],
  ['both kinds of files', () => ({ dirs: { '/': '.' }, fs: { toJSON() {}, fromJSON() {} } }), 'give either dirs'],
  ['a recording and a replay', () => ({ record: 'a', replay: 'b' }), 'give either record or replay, not both'],
]

const byName: readonly BadOption[] = [
  ['a word for another', () => ({ timeout: 3 }), 'there is no option timeout; did you mean timeoutMs?'],
  ['a misspelt option', () => ({ Stdot: 'ignore' }), 'there is no option Stdot; did you mean stdout?'],
  ['a capital', () => ({ Network: { allow: [] } }), 'did you mean network?'],
  ['an option of nothing near', () => ({ colour: 'red' }), 'there is no option colour; there are args, '],
  ['a name of every object', () => ({ constructor: 1 }), 'there is no option constructor'],
  ['a prototype as an option', () => JSON.parse('{"__proto__": {"network": []}}'), 'there is no option __proto__'],
  ['a very long name', () => ({ ['x'.repeat(1e6)]: 1 }), 'there is no option xxx'],
]

const byObject: readonly BadOption[] = [
  ['options as a text', () => 'abc', 'the options must be an object, not "abc"'],
  ['options as a number', () => 5, 'the options must be an object, not 5'],
  ['options that are null', () => null, 'the options must be an object, not null'],
  ['options as a list', () => [], 'the options must be an object, not a list'],
  ['options as a Map', () => new Map([['network', []]]), 'the options must be an object, not a Map'],
  ['a promise of options', () => Promise.resolve({}), 'the options must be an object, not a Promise'],
  ['a function as options', () => () => {}, 'the options must be an object, not a function'],
  ['a getter that throws', () => getter('network'), 'network cannot be read: a trap'],
  ['a getter of an unknown name', () => getter('networks'), 'networks cannot be read: a trap'],
  ['a getter in the environment', () => ({ env: getter('A') }), 'env cannot be read: a trap'],
  ['a getter in rules', () => ({ network: getter('allow') }), 'allow cannot be read: a trap'],
  ['a getter in TLS', () => ({ tls: getter('key') }), 'key cannot be read: a trap'],
  ['a proxy that is revoked', revoked, 'the options cannot be read'],
  ['a revoked proxy as rules', () => ({ network: revoked() }), 'network cannot be read'],
  ['a revoked proxy as a stream', () => ({ stdout: revoked() }), 'stdout cannot be read'],
  ['a proxy whose keys throw', () => new Proxy({}, { ownKeys: loud }), 'the options cannot be read: a trap'],
  ['a proxy whose values throw', () => new Proxy({}, { get: loud }), 'cannot be read: a trap'],
  ['a signal that throws', () => ({ signal: getter('addEventListener') }), 'signal cannot be read: a trap'],
  ['a value without a text', () => ({ args: unprintable }), 'args must be a list of texts, not an object'],
  ['a symbol', () => ({ hostname: Symbol('x') }), 'hostname must be a text without NUL, not Symbol(x)'],
  ['a text of escapes', () => ({ mode: '\x1b[2J\u009b\u202e' }), 'not "\\u001b[2J\\u009b\\u202e"'],
]

/** Every attempt that fails in all functions that run guests. */
export const badOptions: readonly BadOption[] = [...byValue, ...byPart, ...byName, ...byObject]
