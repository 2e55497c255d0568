import { describe, expect, test } from 'vitest'
import { dnsServer } from '../support/dns-server.js'
import { built, isBuilt, run } from '../support/programs.js'

/*
 * Programs that nobody here wrote, built by `make programs` from their Debian sources without a patch, against native peers: their own
 * twins, OpenSSL, Redis, and Node. docs/programs.md tells what each needed.
 */
const zone = {
  'guest.test': { 1: ['192.0.2.7', '192.0.2.8'], 28: ['2001:0db8:0000:0000:0000:0000:0000:0001'], 16: ['a text'] },
  'long.test': { 16: Array.from({ length: 10 }, (_, index) => `${index}${'x'.repeat(99)}`) },
}

describe.runIf(isBuilt('ldns'))('drill of ldns', () => {
  test.each([
    [
      'addresses',
      'guest.test',
      'A',
      /guest\.test\.\s+60\s+IN\s+A\s+192\.0\.2\.7\n.*192\.0\.2\.8\n/,
      ['udp guest.test'],
    ],
    ['addresses of IPv6', 'guest.test', 'AAAA', /AAAA\s+2001:db8::1\n/, ['udp guest.test']],
    ['texts', 'guest.test', 'TXT', /TXT\s+"a text"\n/, ['udp guest.test']],
    ['that an answer was cut off', 'long.test', 'TXT', /packet was truncated/, ['udp long.test']],
    ['long answers over TCP', 'long.test', 'TXT', /"9x{99}"/, ['tcp long.test'], ['-t']],
    ['that there is no such name', 'none.test', 'A', /rcode: NXDOMAIN/, ['udp none.test']],
  ])('is told %s by a name server of Node', async (_, name, type, told, ways, options: string[] = []) => {
    const server = await dnsServer(zone)
    const args = [...options, '-p', String(server.port), name, '@127.0.0.1', type]
    const { said } = await run(built('ldns', 'drill/drill'), args)
    server.close()
    expect(said).toMatch(told)
    expect(server.asked).toEqual(ways)
  })
})

describe.runIf(isBuilt('c-ares'))('adig of c-ares', () => {
  test.each([
    ['A', 'guest.test', /192\.0\.2\.7\n.*192\.0\.2\.8\n/, ['udp guest.test']],
    ['AAAA', 'guest.test', /2001:db8::1\n/, ['udp guest.test']],
    ['TXT', 'long.test', /9x{99}/, ['udp long.test', 'tcp long.test']],
  ])('is told %s of %s by a name server of Node', async (type, name, told, ways) => {
    const server = await dnsServer(zone)
    const port = String(server.port)
    const args = ['-s', '127.0.0.1', '-U', port, '-T', port, '-t', type, `${name}.`]
    const { said } = await run(built('c-ares', 'src/tools/adig'), args)
    server.close()
    expect(said).toMatch(told)
    expect(server.asked).toEqual(ways)
  })
})
