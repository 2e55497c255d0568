import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

type Params = Readonly<Record<string, unknown>>
interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Params
  readonly result?: Params
  readonly error?: { readonly message: string }
}

/** A run of the command under `node --inspect-brk`, with a debugger on it: the one thread, or the guest's own. */
export class DebuggedRun {
  readonly child: ChildProcess
  stdout = ''
  readonly #socket: Socket
  readonly #messages: Message[] = []
  #news: () => void = () => {}
  #lastId = 0

  static async start(args: readonly string[]): Promise<DebuggedRun> {
    const child = spawn(process.execPath, ['--inspect-brk=127.0.0.1:0', cli, ...args], { stdio: 'pipe' })
    child.stderr.setEncoding('utf8')
    let stderr = ''
    let url: RegExpExecArray | null = null
    while (url === null) {
      const [piece] = await once(child.stderr, 'data')
      stderr += piece
      url = /ws:\/\/(127\.0\.0\.1:\d+\/\S+)/.exec(stderr)
    }
    const headers = {
      ...{ connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
      'sec-websocket-key': randomBytes(16).toString('base64'),
    }
    const request = http.get(`http://${url[1]}`, { headers })
    const [, socket] = await once(request, 'upgrade')
    return new DebuggedRun(child, socket)
  }

  constructor(child: ChildProcess, socket: Socket) {
    this.child = child
    this.#socket = socket
    child.stdout?.setEncoding('utf8').on('data', (piece) => {
      this.stdout += piece
    })
    let received = Buffer.alloc(0)
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece])
      for (let frame = frameOf(received); frame !== undefined; frame = frameOf(received)) {
        received = received.subarray(frame.end)
        this.#messages.push(JSON.parse(frame.text))
      }
      this.#news()
    })
    socket.on('error', () => {}) // it ends with the process
  }

  /** Calls a method, and returns its result; with a session in the thread that this is of. */
  async call(method: string, params: Params = {}, sessionId?: string): Promise<Params> {
    const id = ++this.#lastId
    const message = { id, method, params }
    if (sessionId === undefined) this.#send(message)
    else {
      const inner = JSON.stringify(message)
      this.#send({
        id: ++this.#lastId,
        method: 'NodeWorker.sendMessageToWorker',
        params: { sessionId, message: inner },
      })
    }
    const { result, error } = await this.#next((each) => each.id === id, sessionId)
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result ?? {}
  }

  /** The next event for which something holds, of the main thread or of a session's. */
  async event(method: string, fits: (params: Params) => boolean = () => true, sessionId?: string): Promise<Params> {
    const found = await this.#next((each) => each.method === method && fits(each.params ?? {}), sessionId)
    return found.params ?? {}
  }

  /** Lets go of it, and waits for its end, for which it waits for the debugger to be gone. */
  async finished(): Promise<number | null> {
    this.#socket.destroy()
    if (this.child.exitCode === null) await once(this.child, 'close')
    return this.child.exitCode
  }

  async #next(fits: (message: Message) => boolean, sessionId: string | undefined): Promise<Message> {
    for (;;) {
      const messages = this.#messages.map((each) => within(each, sessionId))
      const at = messages.findIndex((each) => each !== undefined && fits(each))
      if (at >= 0) {
        this.#messages.splice(at, 1)
        return messages[at] as Message
      }
      await new Promise<void>((resolve) => {
        this.#news = resolve
      })
    }
  }

  #send(message: object): void {
    const data = Buffer.from(JSON.stringify(message))
    const head =
      data.length < 126 ? Buffer.of(0x81, 0x80 | data.length) : Buffer.of(0x81, 0xfe, data.length >> 8, data.length)
    this.#socket.write(Buffer.concat([head, Buffer.alloc(4), data])) // masked with zeros
  }
}

/** What the main thread has said, or the thread of a session by way of it; undefined for another. */
function within(message: Message, sessionId: string | undefined): Message | undefined {
  const isWorkers = message.method === 'NodeWorker.receivedMessageFromWorker'
  if (sessionId === undefined) return isWorkers ? undefined : message
  const { params = {} } = message
  return isWorkers && params['sessionId'] === sessionId ? JSON.parse(String(params['message'])) : undefined
}

/** The first whole text frame of a WebSocket, and where it ends. */
function frameOf(bytes: Buffer): { text: string; end: number } | undefined {
  if (bytes.length < 2) return undefined
  const short = (bytes[1] as number) & 0x7f
  const start = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < start) return undefined
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  const end = start + length
  return bytes.length < end ? undefined : { text: bytes.toString('utf8', start, end), end }
}
