import { expect, test } from 'vitest'
import { CHANNEL_BYTES, GuestChannel, PumpChannel } from '../../src/bridge/channel.js'

const PAGE = 4096

/** The pages of a channel's memory in which there is something, by their numbers. */
function touched(memory: SharedArrayBuffer): number[] {
  const bytes = new Uint8Array(memory)
  const pages = Array.from({ length: memory.byteLength / PAGE }, (_, page) => page)
  return pages.filter((page) => bytes.subarray(page * PAGE, (page + 1) * PAGE).some((byte) => byte !== 0))
}

test('channels lie on whole pages', () => {
  expect(CHANNEL_BYTES % PAGE).toBe(0)
})

test('a connection that carries little, again and again, uses one page', () => {
  const memory = new SharedArrayBuffer(2 * CHANNEL_BYTES)
  const guest = new GuestChannel(memory, CHANNEL_BYTES)
  const pump = new PumpChannel(memory, CHANNEL_BYTES)
  const message = new Uint8Array(1000).fill(7)
  for (let turn = 0; turn < 100; turn++) {
    guest.sent.write(message)
    expect(pump.sent.read(new Uint8Array(1000))).toBe(1000)
    pump.received.region().set(message)
    pump.received.produce(1000)
    expect(guest.received.read(new Uint8Array(1000))).toBe(1000)
  }
  expect(touched(memory)).toHaveLength(1)
})

test('the ring of what is sent and that of what is received have nothing in common', () => {
  const memory = new SharedArrayBuffer(CHANNEL_BYTES)
  const guest = new GuestChannel(memory, 0)
  const pump = new PumpChannel(memory, 0)
  const fill = (length: number, byte: number) => new Uint8Array(length).fill(byte)
  expect(guest.sent.write(fill(1 << 20, 1))).toBe(guest.sent.size)
  expect(pump.received.write(fill(1 << 20, 2))).toBe(pump.received.size)
  const [sent, received] = [new Uint8Array(guest.sent.size), new Uint8Array(pump.received.size)]
  pump.sent.read(sent)
  guest.received.read(received)
  expect(sent.every((byte) => byte === 1)).toBe(true)
  expect(received.every((byte) => byte === 2)).toBe(true)
  expect(pump.state).toBe(0)
})
