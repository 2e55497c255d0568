import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import { AGAIN, type Again, type Mark } from './network.js'

const PAGE_BYTES = 4096
const MOST_PAGES = 16

interface Page {
  readonly bytes: Uint8Array
  start: number
  end: number
}

/**
 * A pipe as Linux has it: 16 pages, of which one is free again when all of it has been read. So what a write takes, and when a
 * pipe is full, is the same to the byte. Both ends belong to one guest, so nobody is woken.
 */
export class Pipe {
  readonly #pages: Page[] = []
  isReadEnded = false
  isWriteEnded = false
  /** How often something was written, and how often a full pipe was no longer full. */
  writes = 0
  reliefs = 0

  get used(): number {
    return this.#pages.reduce((sum, { start, end }) => sum + end - start, 0)
  }

  /** Takes at most a page as a whole or not at all; of more, as many pages as there is room for. */
  write(data: Uint8Array): number | Again {
    if (data.length === 0) return 0
    if (this.isReadEnded) throw new SysError('EPIPE')
    let done = this.#append(data.subarray(0, data.length % PAGE_BYTES))
    for (; done < data.length && this.#pages.length < MOST_PAGES; done += PAGE_BYTES)
      this.#addPage(data.subarray(done, done + PAGE_BYTES))
    if (done === 0) return AGAIN
    this.writes++
    return Math.min(done, data.length)
  }

  /** Answers 0 at the end. */
  read(into: Uint8Array): number | Again {
    if (into.length === 0) return 0
    if (this.#pages.length === 0) return this.isWriteEnded ? 0 : AGAIN
    const wasFull = this.#pages.length === MOST_PAGES
    let done = 0
    for (let page = this.#pages[0]; page !== undefined && done < into.length; page = this.#pages[0]) {
      const piece = page.bytes.subarray(page.start, Math.min(page.end, page.start + into.length - done))
      into.set(piece, done)
      done += piece.length
      page.start += piece.length
      if (page.start === page.end) this.#pages.shift()
    }
    if (wasFull && this.#pages.length < MOST_PAGES) this.reliefs++
    return done
  }

  /** What pipe_poll of Linux says of an end. */
  conditions(end: 'read' | 'write'): number {
    if (end === 'read') return (this.#pages.length > 0 ? POLLIN : 0) | (this.isWriteEnded ? POLLHUP : 0)
    return (this.#pages.length < MOST_PAGES ? POLLOUT : 0) | (this.isReadEnded ? POLLERR : 0)
  }

  /** For those who wait for what is new at an end. */
  mark(end: 'read' | 'write'): Mark {
    if (end === 'read') return { receiving: this.writes + Number(this.isWriteEnded), sending: 0 }
    const ended = Number(this.isReadEnded)
    return { receiving: ended, sending: this.reliefs + ended }
  }

  close(end: 'read' | 'write'): void {
    if (end === 'read') this.isReadEnded = true
    else this.isWriteEnded = true
  }

  /** What does not fill a page goes into the last one, if all of it fits there. Answers how much went. */
  #append(odd: Uint8Array): number {
    const last = this.#pages.at(-1)
    if (last === undefined || last.end + odd.length > PAGE_BYTES) return 0
    last.bytes.set(odd, last.end)
    last.end += odd.length
    return odd.length
  }

  #addPage(data: Uint8Array): void {
    const bytes = new Uint8Array(PAGE_BYTES)
    bytes.set(data)
    this.#pages.push({ bytes, start: 0, end: data.length })
  }
}
