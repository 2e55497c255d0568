import { describeAttacks } from '../../support/attack.js'
import { type Attempt, attackRules } from '../../support/rule-attacks.js'

/* Streams: where a guest connects, and where it listens. Only {T} may be connected to, and only 127.0.0.1:{F} listened at. */

/** Spellings of a host on this machine, for a socket of a family. */
const spellings: readonly (readonly [family: string, host: string])[] = [
  ...['127.0.0.1', '127.1', '127.0.1', '0x7f000001', '0x7f.1', '017700000001', '2130706433', '127.0.0.2'].map(
    (host) => ['4', host] as const,
  ),
  ...['::1', '::1%1', '0:0::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:127.0.0.1%1', '::', '::ffff:0:0'].map(
    (host) => ['6', host] as const,
  ),
]

const connecting: readonly Attempt[] = [
  ...spellings.map(([family, host]): Attempt => [`tcp${family}; connect ${host} {S}`, 'ok EACCES']),
  ...spellings.map(
    ([family, host]): Attempt => [`tcp${family}; nonblock; connect ${host} {S}; send x`, 'ok ok EACCES EPIPE'],
  ),
  ['tcp4; connect 127.1 {T}; recv', 'ok ok this is ok tcp'],
  ['tcp6; connect ::ffff:127.0.0.1 {T}; recv', 'ok ok this is ok tcp'],
  ['tcp4; connect 0.0.0.0 {T}; recv; peer', 'ok ok this is ok tcp 127.0.0.1:{T}'],
  ['tcp4; connect 127.0.0.1 0', 'ok EACCES'],
  ['tcp4; connect 127.0.0.1 {T}; connect 127.0.0.1 {S}', 'ok ok EISCONN'],
  ['tcp4; connect 127.0.0.1 {T}; unspec; connect 127.0.0.1 {S}', 'ok ok ok EACCES'],
  ['tcp4; connect 127.0.0.1 {T}; dup; unspec; use 0; connect 127.0.0.1 {S}', 'ok ok ok ok ok EACCES'],
  ['tcp4; nonblock; connect 127.0.0.1 {T}; unspec; connect 127.0.0.1 {S}', 'ok ok EINPROGRESS ok EACCES'],
  ['tcp4; connect 127.0.0.1 {F}; connect 127.0.0.1 {S}', 'ok ECONNREFUSED EACCES'],
  ['tcp4; bind 127.0.0.1 {F}; connect 127.0.0.1 {S}', 'ok ok EACCES'],
  ['tcp4; connect 127.0.0.1 {T}; sendto 127.0.0.1 {S} x; recv', 'ok ok ok this is ok tcp'],
  ['tcp4; sendto 127.0.0.1 {S} x', 'ok EPIPE'],
  ['tcp4; sendmsg 127.0.0.1 {S} x', 'ok EPIPE'],
  ['pairs; connect 127.0.0.1 {S}', 'ok EINVAL'],
  ['tcp6; connect four:127.0.0.1 {S}', 'ok EINVAL'],
  ['call localhost {S}', 'EAI_FAIL'],
  ['call LOCALHOST. {S}', 'EAI_FAIL'],
  ['call 127.0.0.1 {S}', 'EACCES'],
  ['call 127.1 {S}', 'EACCES'],
  ['call 0x7f.1 {S}', 'EACCES'],
  ['call ::ffff:7f00:1 {S}', 'EACCES'],
  ['call ::1%1 {S}', 'EACCES'],
  ['call １２７.0.0.1 {S}', 'EACCES'],
]

const listening: readonly Attempt[] = [
  ['tcp4; listen', 'ok EACCES'],
  ['tcp6; listen', 'ok EACCES'],
  ['tcp4; bind 0.0.0.0 {F}; listen', 'ok EACCES EACCES'],
  ['tcp4; bind 0 {F}', 'ok EACCES'],
  ['tcp6; bind :: {F}', 'ok EACCES'],
  ['tcp6; bind ::1 {F}', 'ok EACCES'],
  ['tcp6; bind ::ffff:0.0.0.0 {F}', 'ok EACCES'],
  ['tcp6; v6only 1; bind :: {F}', 'ok ok EACCES'],
  ['tcp6; v6only 1; bind ::ffff:127.0.0.1 {F}', 'ok ok EINVAL'],
  ['tcp4; bind 127.0.0.2 {F}', 'ok EACCES'],
  ['tcp4; bind 127.0.0.1 {G}', 'ok EACCES'],
  ['tcp4; bind 127.0.0.1 0', 'ok EACCES'],
  ['tcp4; reuse 1; bind 127.0.0.1 {S}', 'ok ok EACCES'],
  ['tcp4; listen; bind 127.0.0.1 {F}; listen; name', 'ok EACCES ok ok 127.0.0.1:{F}'],
  ['tcp6; reuse 1; bind ::ffff:7f00:1 {F}; listen; name', 'ok ok ok ok [::ffff:127.0.0.1]:{F}'],
  ['tcp4; reuse 1; bind 127.0.0.1 {F}; bind 0.0.0.0 {G}', 'ok ok ok EINVAL'],
  ['tcp4; reuse 1; bind 127.0.0.1 {F}; listen; shutdown; listen', 'ok ok ok ok ok EACCES'],
  ['tcp4; reuse 1; bind 127.0.0.1 {F}; listen; shutdown; bind 0.0.0.0 {F}', 'ok ok ok ok ok EACCES'],
  ['tcp4; connect 127.0.0.1 {T}; unspec; listen', 'ok ok ok EACCES'],
  ['tcp4; connect 127.0.0.1 {T}; unspec; bind 0.0.0.0 0', 'ok ok ok EACCES'],
  ['udp4; bind 127.0.0.1 {F}', 'ok EACCES'],
  ['udp4; bind 0.0.0.0 {F}', 'ok EACCES'],
  ['udp4; bind 0.0.0.0 0; sendto 127.0.0.1 {SU} x', 'ok ok EACCES'],
]

const own = 'tcp4; reuse 1; bind 127.0.0.1 {F}; listen; tcp4; connect 127.0.0.1 {F}; use 0; accept'
const accepted: readonly Attempt[] = [
  [`${own}; send hello; use 1; recv`, 'ok ok ok ok ok ok ok ok ok ok hello'],
  [`${own}; connect 127.0.0.1 {S}`, 'ok ok ok ok ok ok ok ok EISCONN'],
  [`${own}; unspec; connect 127.0.0.1 {S}`, 'ok ok ok ok ok ok ok ok ok EACCES'],
  [`${own}; unspec; listen`, 'ok ok ok ok ok ok ok ok ok EACCES'],
  [`${own}; unspec; bind 0.0.0.0 {G}`, 'ok ok ok ok ok ok ok ok ok EACCES'],
  [`${own}; bind 0.0.0.0 {G}`, 'ok ok ok ok ok ok ok ok EINVAL'],
  [`${own}; listen`, 'ok ok ok ok ok ok ok ok EINVAL'],
  [`${own}; sendto 127.0.0.1 {SU} elsewhere; use 1; recv`, 'ok ok ok ok ok ok ok ok ok ok elsewhere'],
  [`${own}; sendmsg 127.0.0.1 {S} elsewhere; use 1; recv`, 'ok ok ok ok ok ok ok ok ok ok elsewhere'],
]

const named: readonly Attempt[] = [
  ['lookup localhost {T}', 'EAI_FAIL'],
  ['call localhost {T}', 'EAI_FAIL'],
  ['tcp4; connect 127.0.0.1 {T}', 'ok EACCES'],
  ['tcp6; connect ::1 {T}', 'ok EACCES'],
  ['tcp6; connect ::ffff:127.0.0.1 {T}', 'ok EACCES'],
  ['udp4; sendto 127.0.0.1 {U} x', 'ok EACCES'],
]

describeAttacks('rules', (mode) => {
  const rules = { allow: ['connect:127.0.0.1:{T},{F}', 'listen:127.0.0.1:{F}'] }
  attackRules(mode, { name: 'connecting to a port that is not allowed', rules, attempts: connecting })
  attackRules(mode, { name: 'listening elsewhere than is allowed', rules, attempts: listening })
  attackRules(mode, { name: 'what becomes of accepted sockets', rules, attempts: accepted })
  attackRules(mode, {
    name: 'ports that the system chooses, where one is denied',
    rules: { deny: ['listen:*:{G}', 'udp:*:{G}'] },
    attempts: [
      ['tcp4; bind 127.0.0.1 0', 'ok EACCES'],
      ['tcp4; listen', 'ok EACCES'],
      ['tcp6; bind :: 0', 'ok EACCES'],
      ['tcp4; bind 127.0.0.1 {G}', 'ok EACCES'],
      ['tcp6; bind ::ffff:127.0.0.1 {G}', 'ok EACCES'],
      ['udp6; bind :: {G}', 'ok EACCES'],
      ['udp4; sendto 127.0.0.1 {G} x', 'ok EACCES'],
      ['tcp4; bind 127.0.0.1 {F}; listen', 'ok ok ok'],
    ],
  })
  attackRules(mode, {
    name: 'a name whose addresses are denied',
    rules: { allow: ['connect:*:{T}', 'resolve:a.test'], deny: ['loopback'] },
    attempts: named,
  })
})
