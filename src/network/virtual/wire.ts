import type { Chance } from './chance.js'
import type { VirtualClock } from './clock.js'
import type { Links, Node } from './links.js'

/** What a packet is for: of a stream in TCP's words, or a datagram. */
export type PacketKind = 'SYN' | 'SYN-ACK' | 'data' | 'FIN' | 'ACK' | 'RST' | 'datagram' | 'unreachable'

export interface Packet {
  readonly from: Node
  readonly to: Node
  readonly kind: PacketKind
  /** Without headers. */
  readonly bytes: number
}

/** A packet that was sent, and what comes of it. `cut`: there is a partition. */
export interface PacketEvent {
  readonly atMs: number
  readonly from: string
  readonly to: string
  readonly kind: PacketKind
  readonly bytes: number
  readonly fate: 'carried' | 'lost' | 'cut' | 'reset' | 'duplicated'
}

/** How often a packet of a stream is sent again, and after how long for the first time; each time it is twice as long. */
export interface Retries {
  readonly most: number
  readonly firstMs: number
}
/** tcp(7): tcp_syn_retries 6, 127 seconds in all; tcp_retries2 15, about 924 seconds. */
export const connecting: Retries = { most: 6, firstMs: 1000 }
export const established: Retries = { most: 15, firstMs: 200 }
/** TCP_RTO_MAX. */
const LONGEST_RETRY_MS = 120_000

export interface Delivery {
  readonly retries: Retries
  /** False drops the packet, as if it had been lost. */
  readonly arrive: () => boolean
  /** It was sent as often as may be. */
  readonly giveUp: () => void
  /** Nobody needs it any more. */
  readonly isMoot: () => boolean
  /** The link has the connection reset. Without it packets of this kind are spared. */
  readonly reset?: () => void
}

/** Carries packets over the links by the clock. */
export class Wire {
  readonly clock: VirtualClock
  readonly links: Links
  readonly #chance: Chance
  readonly #trace: ((event: PacketEvent) => void) | undefined

  constructor(given: {
    clock: VirtualClock
    links: Links
    chance: Chance
    trace?: ((event: PacketEvent) => void) | undefined
  }) {
    this.clock = given.clock
    this.links = given.links
    this.#chance = given.chance
    this.#trace = given.trace
  }

  /** Sends a datagram, once: it may be lost, late, or come twice. Calls `over` when it is not under way any more. */
  throw(packet: Packet, arrive: () => void, over: () => void): void {
    const { isCut, conditions } = this.links.between(packet.from, packet.to)
    const isLost = !isCut && this.#chance.happens(conditions.loss)
    const isDouble = !isCut && !isLost && this.#chance.happens(conditions.duplicate)
    this.#tell(packet, isCut ? 'cut' : isLost ? 'lost' : isDouble ? 'duplicated' : 'carried')
    const delayMs = () => this.#delayOfDatagram(packet)
    const land = () => {
      if (!this.links.between(packet.from, packet.to).isCut) arrive()
    }
    this.clock.after(delayMs(), () => {
      over()
      if (!isCut && !isLost) land()
    })
    if (isDouble) this.clock.after(delayMs(), land)
  }

  /** Sends a packet of a stream, again and again until it has come. */
  post(packet: Packet, delivery: Delivery, attempt = 0): void {
    if (delivery.isMoot()) return
    const { isCut, conditions } = this.links.between(packet.from, packet.to)
    const isReset = !isCut && delivery.reset !== undefined && this.#chance.happens(conditions.reset)
    const isLost = !isCut && !isReset && this.#chance.happens(conditions.loss)
    this.#tell(packet, isCut ? 'cut' : isReset ? 'reset' : isLost ? 'lost' : 'carried')
    const delayMs = this.#delay(packet)
    const again = () => this.#postAgain(packet, delivery, attempt)
    if (isReset) this.clock.after(delayMs, () => delivery.reset?.())
    else if (isCut || isLost) again()
    else
      this.clock.after(delayMs, () => {
        if (this.links.between(packet.from, packet.to).isCut || !delivery.arrive()) again()
      })
  }

  #postAgain(packet: Packet, delivery: Delivery, attempt: number): void {
    const { most, firstMs } = delivery.retries
    const afterMs = Math.min(LONGEST_RETRY_MS, firstMs * 2 ** attempt)
    this.clock.after(afterMs, () => {
      if (attempt < most) this.post(packet, delivery, attempt + 1)
      else if (!delivery.isMoot()) delivery.giveUp()
    })
  }

  #delay({ from, to, bytes }: Packet): number {
    return this.links.delayMs(from, to, { bytes: bytes + HEADERS, nowMs: this.clock.nowMs })
  }

  #delayOfDatagram(packet: Packet): number {
    const { latencyMs, jitterMs, reorder } = this.links.between(packet.from, packet.to).conditions
    const heldUpMs = this.#chance.happens(reorder) ? latencyMs + jitterMs + 1 : 0
    return this.#delay(packet) + heldUpMs
  }

  #tell({ from, to, kind, bytes }: Packet, fate: PacketEvent['fate']): void {
    this.#trace?.({ atMs: this.clock.nowMs, from: from.name, to: to.name, kind, bytes, fate })
  }
}

/** Bytes of an IP packet that are not its payload, for the bandwidth. */
const HEADERS = 40
