import { describe, expect, test } from 'vitest'
import { Bell, bellMemory, GuestDoorbell } from '../../src/bridge/doorbell.js'
import { linkEnds } from '../../src/bridge/link.js'
import { GuestPresence, presenceMemory, ThreadParty } from '../../src/bridge/presence.js'
import type { Party } from '../../src/network/transport.js'
import { virtualNetwork } from '../../src/network/virtual/virtual-network.js'

/** So many turns of the event loop that whatever is to happen by itself has happened. */
async function turns() {
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Somebody in another thread, by a machine's clock that the test sets. */
class Actor implements Party {
  isWaiting = false
  untilMs = Number.POSITIVE_INFINITY
  onWaiting = () => {}
  machineMs = 5000
  aheadMs = 0

  now() {
    return this.machineMs
  }

  clockIs(aheadMs: number) {
    this.aheadMs = aheadMs
  }

  waits(untilMs = Number.POSITIVE_INFINITY) {
    this.isWaiting = true
    this.untilMs = untilMs
    this.onWaiting()
  }

  /** What its own clock says. */
  get nowMs() {
    return this.machineMs + this.aheadMs
  }
}

function scene() {
  const net = virtualNetwork({ seed: 7 })
  const host = net.host('here', ['10.0.0.1'])
  const actor = new Actor()
  return { net, host, actor, leave: host.time.join(actor) }
}

describe('with somebody in another thread, the clock', () => {
  test('goes on as the machine does while he is at work, and jumps over nothing', async () => {
    const { net, actor } = scene()
    const heard: number[] = []
    void net.sleep(1000).then(() => heard.push(net.nowMs))
    await turns()
    expect([heard, net.nowMs]).toEqual([[], 0])
    actor.machineMs += 400
    expect(net.nowMs).toBe(400)
    actor.machineMs += 700
    net.play()
    actor.onWaiting()
    await turns()
    expect(heard).toEqual([1100])
  })

  test('jumps to the next event when he waits, and tells him', async () => {
    const { net, actor } = scene()
    const heard: number[] = []
    void net.sleep(60_000).then(() => heard.push(net.nowMs))
    actor.waits()
    await turns()
    expect([heard, actor.nowMs]).toEqual([[60_000], 60_000])
  })

  test('jumps to the end of the shortest patience', async () => {
    const { net, host, actor } = scene()
    const other = new Actor()
    host.time.join(other)
    actor.waits(90_000)
    await turns()
    expect(net.nowMs).toBe(0)
    other.clockIs = (aheadMs) => {
      other.aheadMs = aheadMs
      other.isWaiting = false
    }
    other.waits(30_000)
    await turns()
    expect([net.nowMs, actor.nowMs, other.nowMs]).toEqual([30_000, 30_000, 30_000])
  })

  test('stands still, but for the time that passes, while the app holds it', async () => {
    const { net, actor } = scene()
    const release = net.hold()
    actor.waits(30_000)
    await turns()
    expect(net.nowMs).toBe(0)
    release()
    release() // once is enough
    await turns()
    expect(net.nowMs).toBe(30_000)
    net.hold()
    actor.waits(60_000)
    await turns()
    expect(net.nowMs).toBe(30_000)
  })

  test('is its own again when all have left', async () => {
    const { net, actor, leave } = scene()
    actor.machineMs += 250
    leave()
    actor.machineMs += 1000
    expect(net.nowMs).toBe(250)
    await net.sleep(1000)
    expect(net.nowMs).toBe(1250)
  })
})

describe('a guest in another thread waits', () => {
  const machine = { now: () => 1000, time: () => 0, random() {} }

  function presence() {
    const bell = bellMemory()
    const { guest, pump } = linkEnds(bell, { mayBeBusy: true })
    for (const { port } of [guest, pump]) port.close()
    const memory = presenceMemory({ name: 'here', interfaces: [], startsAtMs: 86_400_000, seed: 1 })
    let wakings = 0
    const wake = () => void wakings++
    const party = new ThreadParty(memory, machine, { doors: [pump.doorbell], wake })
    const door = new GuestDoorbell(guest.doorbell.door)
    return { bell: new Bell(bell), door, guest: new GuestPresence(memory, machine), party, woken: () => wakings }
  }

  test('when it sleeps, and no more when it is awake', () => {
    const { bell, guest, party } = presence()
    expect(party.isWaiting).toBe(false)
    guest.asleep(bell.rings, 5000.0004)
    expect([party.isWaiting, party.untilMs]).toEqual([true, 5000.001])
    guest.awake()
    expect(party.isWaiting).toBe(false)
    guest.asleep(bell.rings, Number.POSITIVE_INFINITY)
    expect(party.untilMs).toBe(Number.POSITIVE_INFINITY)
  })

  test.each([
    ['it has been rung for', ({ bell }: ReturnType<typeof presence>) => bell.ring()],
    ['it has posted a command', ({ door }: ReturnType<typeof presence>) => door.notePosted()],
    ['it has called', ({ door }: ReturnType<typeof presence>) => void door.call()],
    ['it has queued a channel', ({ door }: ReturnType<typeof presence>) => door.queue(1)],
  ])('but not when %s', (_, happen) => {
    const all = presence()
    const { bell, guest, party } = all
    guest.asleep(bell.rings, 5000)
    happen(all)
    expect(party.isWaiting).toBe(false)
  })

  test('and is woken when its time has come', () => {
    const { bell, guest, party, woken } = presence()
    guest.asleep(bell.rings, 5000)
    party.clockIs(3999)
    expect([woken(), guest.now()]).toEqual([0, 4999])
    party.clockIs(4000)
    expect([woken(), guest.now()]).toEqual([1, 5000])
    expect(guest.world(() => {}).time()).toBe(86_405_000)
  })

  test('and its clock never goes back', () => {
    const { guest, party } = presence()
    party.clockIs(100)
    expect(guest.now()).toBe(1100)
    party.clockIs(50)
    expect(guest.now()).toBe(1100)
  })
})
