import { describe, expect, test } from 'vitest'
import { parseRule, parseRules, RuleError } from '../../src/network/rules/rules.js'

/** A rule as it is understood, in one line. */
function understood(text: string): string {
  const { directions, demandsTls, target, ports } = parseRule(text)
  const what = Object.entries(target)
    .filter(([key]) => key !== 'is')
    .map(([, value]) =>
      typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : `${value.base}/${value.bits}`,
    )
  const where = ports?.map(({ from, to }) => (from === to ? from : `${from}-${to}`)).join(',') ?? 'all'
  return [...(demandsTls ? ['tls'] : []), [...directions].join('+'), target.is, ...what, where].join(' ')
}

const ALL = 'connect+listen+udp+resolve'
const WITH_PORTS = 'connect+listen+udp'

describe('what a rule means', () => {
  test.each([
    ['*', `${ALL} anything all`],
    ['*:443', `${WITH_PORTS} anything 443`],
    ['connect:*:*', 'connect anything all'],
    ['connect:example.com:443', 'connect name example.com 443'],
    ['example.com', `${ALL} name example.com all`],
    ['connect:Example.COM.:443', 'connect name example.com 443'],
    ['connect:bücher.example:443', 'connect name xn--bcher-kva.example 443'],
    ['connect:*.example.com:443', 'connect suffix .example.com 443'],
    ['connect:*.localhost', 'connect suffix .localhost all'],
    ['connect:localhost:80', 'connect kind loopback 80'],
    ['connect:connect:80', 'connect name connect 80'],
    ['resolve:*.example.com', 'resolve suffix .example.com all'],
    ['listen:127.0.0.1:8000-8999', 'listen net 127.0.0.1/32 8000-8999'],
    ['listen:127.0.0.1:80,443,8000-8999', 'listen net 127.0.0.1/32 80,443,8000-8999'],
    ['listen:127.0.0.1:0', 'listen net 127.0.0.1/32 0'],
    ['listen:0.0.0.0:8000', 'listen unspecified ipv4 8000'],
    ['listen:[::]:8000', 'listen unspecified ipv6 8000'],
    ['listen:::', 'listen unspecified ipv6 all'],
    ['udp:10.0.0.0/8:53', 'udp net 10.0.0.0/8 53'],
    ['datagram:10.0.0.0/8:53', 'udp net 10.0.0.0/8 53'],
    ['private', `${ALL} kind private all`],
    ['connect:public:443', 'connect kind public 443'],
    ['loopback', `${ALL} kind loopback all`],
    ['[::1]:80', `${WITH_PORTS} net ::1/128 80`],
    ['::1', `${ALL} net ::1/128 all`],
    ['fe80::1', `${ALL} net fe80::1/128 all`],
    ['connect:[fd00::]/8:53', 'connect net fd00::/8 53'],
    ['connect:[fd00::/8]:53', 'connect net fd00::/8 53'],
    ['connect:fd00::/8:53', 'connect net fd00::/8 53'],
    ['connect:fd00::/8', 'connect net fd00::/8 all'],
    ['connect:[::ffff:10.0.0.1]:80', 'connect net 10.0.0.1/32 80'],
    ['connect:::ffff:10.0.0.0/104', 'connect net 10.0.0.0/8 all'],
    ['connect:2130706433:80', 'connect net 127.0.0.1/32 80'],
    ['connect:0x7f.1:80', 'connect net 127.0.0.1/32 80'],
    ['connect:0177.0.0.1:80', 'connect net 127.0.0.1/32 80'],
    ['unix:/run/x.sock', 'connect+listen path /run/x.sock all'],
    ['connect:unix:/run/x.sock', 'connect path /run/x.sock all'],
    ['connect:unix:/run/a:b', 'connect path /run/a:b all'],
    ['listen:unix:/run/app/*', 'listen folder /run/app all'],
    ['connect:unix:/run/.hidden', 'connect path /run/.hidden all'],
    ['connect:unix:@bus', 'connect path \\u0000bus all'],
    ['unix:*', 'connect+listen folder / all'],
    ['tls:*.example.com:443', 'tls connect suffix .example.com 443'],
    ['tls:example.com', 'tls connect name example.com all'],
    ['tls:connect:example.com:443', 'tls connect name example.com 443'],
    ['connect:tls:example.com:443', 'tls connect name example.com 443'],
    ['tls:listen:127.0.0.1:8443', 'tls listen net 127.0.0.1/32 8443'],
    ['listen:tls:*:8443', 'tls listen anything 8443'],
    ['tls:*:443', 'tls connect anything 443'],
    ['tls:localhost:443', 'tls connect kind loopback 443'],
    ['tls:10.0.0.0/8:443', 'tls connect net 10.0.0.0/8 443'],
    ['tls:[2001:db8::1]:443', 'tls connect net 2001:db8::1/128 443'],
    ['connect:tls', 'connect name tls all'],
  ])('%s', (text, meaning) => {
    expect(understood(text)).toBe(meaning)
  })
})

describe('a rule that cannot be understood says how to write it', () => {
  test.each([
    ['', /names no host/],
    [':80', /names no host; \* is every host/],
    ['connect:', /names no host/],
    ['connect:80', /a number alone is no host; write \*:80/],
    ['tls:udp:example.com:443', /tls is for streams; udp has none/],
    ['datagram:tls:example.com:443', /tls is for streams; udp has none/],
    ['tls:resolve:example.com', /tls is for streams; resolve has none/],
    ['tls:unix:/run/x', /tls is for hosts, whose names certificates have/],
    ['connect:tls:unix:/run/x', /tls is for hosts/],
    ['tls:443', /a number alone is no host/],
    ['tls:tcp:example.com:80', /tcp is no direction/],
    ['tls:', /names no host/],
    ['tls:tls:example.com:443', /write \[tls:\]/],
    ['tcp:example.com:80', /tcp is no direction; write connect:HOST:PORT/],
    ['example.com:https', /ports are written as 443/],
    ['example.com:', /ports are written as 443/],
    ['example.com:65536', /up to 65535/],
    ['example.com:9000-8000', /ports are written/],
    ['a.com:443,b.com', /each further host is a rule of its own/],
    ['connect:http://example.com', /ports are written|HOST/],
    ['http://example.com/', /rules are about hosts and ports, not about URLs; write connect:example\.com:80$/],
    ['https://user@Example.com/a?b=c', /write connect:example\.com:443$/],
    ['https://example.com:8443', /write connect:example\.com:8443$/],
    ['ws://[::1]:9/x', /write connect:\[::1\]:9$/],
    ['postgres://db/x', /write connect:db$/],
    ['http://', /write connect:HOST:80$/],
    ['resolve:example.com:53', /a look-up has no port/],
    ['udp:unix:/run/x', /udp is not for local sockets/],
    ['resolve:unix:/run/x', /resolve is not for local sockets/],
    ['unix:run/x', /write unix:\/run\/app.sock/],
    ['unix:/run/../x', /with a whole path and no \. or \.\./],
    ['unix:/run//x', /whole path/],
    ['unix:/run/*/x', /whole path/],
    ['unix:', /whole path/],
    ['::1:80', /write \[::1:80\] for the address, or \[::1\]:80 for its port/],
    ['fe80::1%eth0', /leave out the scope|brackets|HOST/],
    ['[fe80::1%2]:80', /leave out the scope/],
    ['10.0.0.0/33', /a range of addresses is written as/],
    ['10/8', /a range of addresses is written as/],
    ['*.*.com', /a star stands alone or first/],
    ['ex*mple.com', /a star stands alone or first/],
    ['a..b', /"a\.\.b" is no host's name: a part of it is empty/],
    ['connect:.example.com:443', /"\.example\.com" is no host's name/],
    ['a b', /HOST\[:PORTS\]/],
    ['08.1.1.1', /HOST\[:PORTS\]/],
    ['evil.com\0.example.com', /HOST\[:PORTS\]/],
  ])('%s', (text, line) => {
    expect(() => parseRule(text)).toThrow(RuleError)
    expect(() => parseRule(text)).toThrow(line)
    const { message, rule } = errorOf(() => parseRule(text))
    expect(message).not.toContain('\n')
    expect(rule).toBe(text)
  })

  test.each([
    ['a misspelt list', { alow: ['*'] }, /"alow".*there are allow and deny/],
    ['a text for a list', { allow: 'loopback' }, /allow takes a list of rules/],
    ['a number for a rule', { deny: [80] }, /it is no text/],
    ['TLS that is denied', { deny: ['tls:a.test'] }, /"tls:a.test".*what is denied is written with connect or listen/],
  ])('%s', (_, rules, line) => {
    expect(() => parseRules(rules as object)).toThrow(line)
  })
})

function errorOf(call: () => unknown): RuleError {
  try {
    call()
  } catch (error) {
    if (error instanceof RuleError) return error
  }
  throw new Error('no RuleError was thrown')
}
