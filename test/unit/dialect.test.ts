import { describe, expect, test } from 'vitest'
import { type Meaning, meaningsOf } from '../../src/abi/dialect.js'
import { knownDialects } from '../../src/host/inspect.js'

const all = meaningsOf(knownDialects().filter(({ module }) => module === 'wasi_snapshot_preview1'))
const forms = [...all].flatMap(([name, byArity]) =>
  [...byArity].map(([arity, meanings]) => [`${name}/${arity}`, meanings] as const),
)

test.each(forms)('%s means one thing where no dialect claims it, and all take the same types', (_, meanings) => {
  expect(meanings.filter(({ dialect }) => dialect.claim === undefined).length).toBeLessThanOrEqual(1)
  expect(new Set(meanings.map(({ call }) => call.types.join())).size).toBe(1)
})

/** By name and number of parameters, who is asked first, and then who else. A call that dialects share stands for its first. */
const collisions: Record<string, readonly string[]> = {
  'fd_renumber/2': ['WASIX', 'WASI preview 1'],
  'sock_accept/2': ['WasmEdge sockets 1'],
  'sock_accept/3': ['replicated server', 'WASI preview 1'],
  'sock_open/3': ['WasmEdge sockets 2'],
  'sock_open/4': ['replicated server', 'WAMR sockets'],
  'sock_bind/2': ['WAMR sockets'],
  'sock_bind/3': ['WasmEdge sockets 2'],
  'sock_connect/2': ['WAMR sockets'],
  'sock_connect/3': ['replicated server', 'WasmEdge sockets 2'],
  'sock_listen/2': ['replicated server', 'WasmEdge sockets 2'],
  'sock_shutdown/2': ['replicated server', 'WASI preview 1'],
  'sock_close/1': ['replicated server', 'WAMR sockets'],
  'sock_recv/6': ['replicated server', 'WASI preview 1'],
  'sock_send/5': ['replicated server', 'WASI preview 1'],
  'sock_recv_from/6': ['WAMR sockets'],
  'sock_recv_from/7': ['WasmEdge sockets 1'],
  'sock_recv_from/8': ['WasmEdge sockets 2'],
  'sock_send_to/6': ['WAMR sockets'],
  'sock_send_to/7': ['WasmEdge sockets 2'],
  'sock_getlocaladdr/3': ['WasmEdge sockets 2'],
  'sock_getlocaladdr/4': ['WasmEdge sockets 1'],
  'sock_getpeeraddr/3': ['WasmEdge sockets 2'],
  'sock_getpeeraddr/4': ['WasmEdge sockets 1'],
  'sock_getaddrinfo/8': ['WasmEdge sockets 2'],
  'sock_getsockopt/5': ['WasmEdge sockets 2'],
  'epoll_oneoff/4': ['WasmEdge sockets 2'],
}

describe('the names that dialects have in common', () => {
  const namesOf = (meanings: readonly Meaning[]) => meanings.map(({ dialect }) => dialect.name)

  test.each(Object.entries(collisions))('%s', (form, dialects) => {
    const found = forms.find(([each]) => each === form)
    expect(namesOf(found?.[1] ?? [])).toEqual(dialects)
  })

  test('are all here', () => {
    const shared = [...all].filter(([, byArity]) => byArity.size > 1 || [...byArity.values()].some((m) => m.length > 1))
    const listed = new Set(Object.keys(collisions).map((form) => form.split('/')[0]))
    expect(shared.map(([name]) => name).filter((name) => !listed.has(name))).toEqual([])
  })
})
