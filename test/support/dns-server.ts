import dgram from 'node:dgram'
import { once } from 'node:events'
import net from 'node:net'

const types: Record<number, (text: string) => Buffer> = {
  1: (address) => Buffer.from(address.split('.').map(Number)),
  16: (text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]),
  28: (address) => Buffer.from(address.replaceAll(':', ''), 'hex'),
}
const [OK, NO_NAME] = [0, 3]

/** Names, then types of records by their number, to values: `{ 'a.test': { 1: ['192.0.2.1'] } }`. */
export type Zone = Record<string, Record<number, string[]>>

/**
 * A name server on the loopback, UDP and TCP. An answer of more than 512 bytes is cut off over UDP, and says so: clients then ask
 * over TCP. `asked` collects how and what.
 */
export async function dnsServer(zone: Zone) {
  const asked: string[] = []
  const tcp = net.createServer((socket) => {
    let received = Buffer.alloc(0)
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece])
      if (received.length < 2 || received.length < 2 + received.readUInt16BE()) return // the rest is to come
      const message = received.subarray(2)
      const { full } = answer(zone, message)
      asked.push(`tcp ${nameIn(message)}`)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(full.length)
      socket.end(Buffer.concat([length, full]))
    })
  })
  await once(tcp.listen(0, '127.0.0.1'), 'listening')
  const { port } = tcp.address() as net.AddressInfo
  const udp = dgram.createSocket('udp4', (question, from) => {
    asked.push(`udp ${nameIn(question)}`)
    udp.send(answer(zone, question).short, from.port, from.address)
  })
  udp.bind(port, '127.0.0.1')
  await once(udp, 'listening')
  const close = () => {
    tcp.close()
    udp.close()
  }
  return { port, asked, close }
}

/** The question's name, and where what follows it begins. */
function question(message: Buffer) {
  const labels: string[] = []
  let at = 12
  for (let length = message[at] as number; length > 0; length = message[at] as number) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.'), end: at + 1 }
}

const nameIn = (message: Buffer) => question(message).name

function answer(zone: Zone, message: Buffer) {
  const { name, end } = question(message)
  const type = message.readUInt16BE(end)
  const values = zone[name]?.[type] ?? []
  const records = values.map((value) => {
    const data = types[type]?.(value) ?? Buffer.alloc(0)
    const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]) // the name stands at 12; 60 seconds
    return Buffer.concat([head, data])
  })
  const header = (isCut: boolean, count: number) => {
    const bytes = Buffer.from(message.subarray(0, 12))
    bytes[2] = 0x85 | (isCut ? 2 : 0) // an answer, authoritative, recursion as asked for
    bytes[3] = 0x80 | (name in zone ? OK : NO_NAME)
    bytes.writeUInt16BE(count, 6)
    bytes.writeUInt32BE(0, 8)
    return bytes
  }
  const asIs = message.subarray(12, end + 4)
  const full = Buffer.concat([header(false, records.length), asIs, ...records])
  return { full, short: full.length <= 512 ? full : Buffer.concat([header(true, 0), asIs]) }
}
