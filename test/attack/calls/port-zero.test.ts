import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runWithSockets } from '../../../src/index.js'
import { describeAttacks } from '../../support/attack.js'

/* Port 0 in every dialect: what the kernel says, as natively in test/guests/port_zero.c. */
const REFUSED = -14 // ECONNREFUSED
const INVALID = -28 // EINVAL
const UNSUPPORTED = -58

const datagrams = ['connect: 0', 'send: 1', `send again: ${REFUSED}`, 'close: 0']
const sentTo = [`send to: ${INVALID}`, `send nothing to: ${INVALID}`, `bind: ${INVALID}`]
const bound = ['bind a fresh one: 0', 'it has a port: 1', `send to from there: ${INVALID}`]
const itself = ['send to itself: 5', 'receive: 5']
const streams = [`connect a stream: ${REFUSED}`, 'bind a stream: 0', 'listen: 0', 'it has a port: 1']
const all = [...datagrams, ...sentTo, ...bound, ...itself, ...streams]
const complete = ['IPv4', ...all, 'IPv6', ...all]

/** It connects, sends and receives, and no more. */
const replicated = [
  'IPv4',
  ...datagrams,
  ...['send to', 'send nothing to', 'bind', 'bind a fresh one'].map((what) => `${what}: ${UNSUPPORTED}`),
  'it has a port: -1',
  ...['send to from there', 'send to itself', 'receive'].map((what) => `${what}: ${UNSUPPORTED}`),
  `connect a stream: ${REFUSED}`,
  `bind a stream: ${UNSUPPORTED}`,
  'it has a port: -1',
  'IPv6',
  `open: ${UNSUPPORTED}`,
]

describeAttacks('calls', (mode) => {
  test.each([
    ['wasmedge1', complete],
    ['wasmedge2', complete],
    ['wamr', complete],
    ['wasix', complete],
    ['replicated', replicated],
  ])('port 0 in the dialect %s', async (dialect, expected) => {
    const guest = fileURLToPath(new URL(`../../../build/guests/${dialect}_port_zero.wasm`, import.meta.url))
    let said = ''
    const stdout = (bytes: Uint8Array) => {
      said += Buffer.from(bytes)
    }
    const code = await runWithSockets(guest, { mode, stdin: 'ignore', stdout, timeoutMs: 30_000 })
    expect([said.trim().split('\n'), code]).toEqual([expected, 0])
  })
})
