import { describeAttacks } from '../../support/attack.js'
import { type Attempt, attackRules, own } from '../../support/rule-attacks.js'

/* 0.0.0.0 and `::` are whichever address the system makes of them: they are judged as that one, and that one is dialled. */

const toIpv6: readonly Attempt[] = [
  ['udp6; sendto :: {P} plain; recv', 'ok ok udp ::1 heard plain'],
  ['udp6; bind :: 0; sendto :: {P} bound; recv', 'ok ok ok udp ::1 heard bound'],
  ['udp6; bind ::ffff:0.0.0.0 0; sendto :: {P} mapped-any', 'ok ok EACCES'],
  ['udp6; bind ::ffff:127.0.0.1 0; sendto :: {P} mapped', 'ok ok EACCES'],
  ['udp6; bind ::ffff:127.0.0.2 0; sendto :: {P} mapped-2', 'ok ok EACCES'],
  ['udp6; bind four:0.0.0.0 0; sendto :: {P} bound-by-four', 'ok ok EACCES'],
  ['udp6; bind ::ffff:0.0.0.0 0; connect :: {P}; send peer', 'ok ok EACCES EDESTADDRREQ'],
  ['udp6; bind ::ffff:0.0.0.0 0; sendmsg :: {P} message', 'ok ok EACCES'],
  ['udp6; bind ::ffff:0.0.0.0 0; sendto ::%1 {P} scoped', 'ok ok EACCES'],
  ['udp6; bind ::ffff:0.0.0.0 0; sendto ::0.0.0.0 {P} compatible', 'ok ok EACCES'],
  ['udp6; bind ::ffff:0.0.0.0 0; sendto ::ffff:0.0.0.0 {P} both', 'ok ok EACCES'],
  ['udp6; sendto ::ffff:0.0.0.0 {P} mapped-to', 'ok EACCES'],
  ['udp6; sendto ::ffff:0:0%1 {P} mapped-scoped', 'ok EACCES'],
  ['udp6; sendto four:0.0.0.0 {P} by-four', 'ok EACCES'],
  ['udp4; sendto 0.0.0.0 {P} four', 'ok EACCES'],
  ['udp4; sendto 0 {P} zero', 'ok EACCES'],
  ['udp4; sendto 0x0.0 {P} hex', 'ok EACCES'],
  ['udp6; bind :: 0; connect ::ffff:127.0.0.1 {U}; sendto :: {P} once-mapped', 'ok ok ok EACCES'],
  ['udp6; connect ::ffff:127.0.0.1 {U}; sendto :: {P} peer-mapped', 'ok ok EACCES'],
  [
    'udp6; bind :: 0; sendto :: {P} first; recv; connect ::ffff:127.0.0.1 {U}; sendto :: {P} then',
    'ok ok ok udp ::1 heard first ok EACCES',
  ],
  ['udp6; connect ::ffff:127.0.0.1 {U}; connect :: {P}', 'ok ok EACCES'],
  ['udp6; connect ::ffff:127.0.0.1 {U}; unspec; sendto ::ffff:0.0.0.0 {P} left', 'ok ok ok EACCES'],
  ['udp6; dup; connect ::ffff:127.0.0.1 {U}; use 0; sendto :: {P} copy', 'ok ok ok ok EACCES'],
]

const streamsToIpv6: readonly Attempt[] = [
  ['tcp6; connect :: {P}; recv; peer', 'ok ok this is tcp ::1 [::1]:{P}'],
  ['tcp6; bind :: {F}; connect :: {P}; recv', 'ok ok ok this is tcp ::1'],
  ['tcp6; reuse 1; bind ::ffff:0.0.0.0 {F}; connect :: {P}', 'ok ok ok EACCES'],
  ['tcp6; reuse 1; bind ::ffff:127.0.0.1 {F}; connect :: {P}', 'ok ok ok EACCES'],
  ['tcp6; connect ::ffff:0.0.0.0 {P}', 'ok EACCES'],
  ['tcp6; nonblock; connect ::ffff:0.0.0.0 {P}', 'ok ok EACCES'],
  ['tcp4; connect 0.0.0.0 {P}', 'ok EACCES'],
  ['tcp4; connect 0 {P}', 'ok EACCES'],
  ['tcp4; nonblock; connect 0.0.0.0 {P}', 'ok ok EACCES'],
  ['tcp6; v6only 1; connect ::ffff:0.0.0.0 {P}', 'ok ok ENETUNREACH'],
  ['tcp6; connect 64:ff9b::127.0.0.1 {P}', 'ok EACCES'],
  ['tcp6; connect 64:ff9b::0.0.0.0 {P}', 'ok EACCES'],
  ['tcp6; connect 2002:7f00:1:: {P}', 'ok EACCES'],
  ['tcp6; connect ::127.0.0.1 {P}', 'ok EACCES'],
  ['tcp6; connect ::ffff:0:127.0.0.1 {P}', 'ok EACCES'],
]

/** What IPv4 that hides in IPv6 means to rules for the loopback. */
const hidden: readonly Attempt[] = [
  ['tcp6; connect ::ffff:127.0.0.1 {P}', 'ok EACCES'],
  ['tcp6; connect ::ffff:7f00:1%1 {P}', 'ok EACCES'],
  ['tcp6; connect ::ffff:0.0.0.0 {P}', 'ok EACCES'],
  ['tcp6; connect 64:ff9b:: {P}', 'ok EACCES'],
  ['tcp6; connect 64:ff9b::7f00:2 {P}', 'ok EACCES'],
  ['tcp6; connect 64:ff9b:1::7f00:1 {P}', 'ok EACCES'],
  ['tcp6; connect 2002::1 {P}', 'ok EACCES'],
  ['tcp6; connect 2002:7f12:3456::1 {P}', 'ok EACCES'],
  ['tcp6; connect ::7fff:1 {P}', 'ok EACCES'],
  ['tcp6; connect ::1%1 {P}', 'ok EACCES'],
  ['tcp6; connect ::%1 {P}', 'ok EACCES'],
  ['udp6; sendto 64:ff9b::7f00:1 {P} x', 'ok EACCES'],
  ['udp6; connect 2001:0:0:0:0:0:80ff:fffe {P}', 'ok EACCES'],
  ['tcp4; connect 127.255.255.254 {P}', 'ok EACCES'],
  ['tcp4; connect 0x7f.1 {P}', 'ok EACCES'],
  ['tcp4; connect 017700000002 {P}', 'ok EACCES'],
]

describeAttacks('rules', (mode) => {
  attackRules(mode, {
    name: 'datagrams, where [::1] is allowed and 127.0.0.1 has the same port',
    rules: { allow: ['udp:[::1]:{P}', 'udp:127.0.0.1:{U}', 'udp:[::ffff:127.0.0.1]:{U}'] },
    friends: ['udp ::1'],
    attempts: toIpv6,
  })
  attackRules(mode, {
    name: 'streams, where [::1] is allowed and 127.0.0.1 has the same port',
    rules: { allow: ['connect:[::1]:{P}', 'listen:[::]:{F}', 'listen:0.0.0.0:{F}'] },
    friends: ['tcp ::1'],
    attempts: streamsToIpv6,
  })
  attackRules(mode, {
    name: 'what hides an address of the loopback, where that is denied',
    rules: { deny: ['loopback'] },
    attempts: hidden,
  })
  attackRules(mode, {
    name: 'a socket with another address, where 127.0.0.1 is allowed',
    rules: {
      allow: ['127.0.0.1:{P}', 'listen:*:{F},{G}', 'udp:*:{G}', 'udp:{own}:{U}', 'udp:127.0.0.2:{U}'],
    },
    friends: ['tcp 127.0.0.1', 'udp 127.0.0.1'],
    attempts: elsewhere(),
  })
})

/** From sockets whose address, peer or interface would lead the system elsewhere. */
function elsewhere(): readonly Attempt[] {
  const bound: readonly Attempt[] = [
    ['udp4; sendto 0.0.0.0 {P} plain; recv', 'ok ok udp 127.0.0.1 heard plain'],
    ['udp4; bind 127.0.0.2 {G}; sendto 0.0.0.0 {P} bound', 'ok ok EACCES'],
    ['udp4; bind 127.0.0.2 {G}; connect 0.0.0.0 {P}', 'ok ok EACCES'],
    ['tcp4; reuse 1; bind 127.0.0.2 {F}; connect 0.0.0.0 {P}', 'ok ok ok EACCES'],
    ['tcp6; reuse 1; bind ::ffff:127.0.0.2 {F}; connect ::ffff:0.0.0.0 {P}', 'ok ok ok EACCES'],
    ['udp6; bind ::ffff:127.0.0.2 {G}; sendto ::ffff:0.0.0.0 {P} mapped', 'ok ok EACCES'],
    ['udp6; bind ::ffff:127.0.0.2 {G}; sendto :: {P} loopback; recv', 'ok ok ok udp 127.0.0.1 heard loopback'],
    ['udp4; connect 127.0.0.2 {U}; sendto 0.0.0.0 {P} peer', 'ok ok ok'],
  ]
  return own === undefined
    ? bound
    : [
        ...bound,
        ['udp4; bind {own} {G}; sendto 0.0.0.0 {P} own', 'ok ok EACCES'],
        ['udp4; connect {own} {U}; sendto 0.0.0.0 {P} source; peer', 'ok ok ok {own}:{U}'],
        ['udp4; connect {own} {U}; connect 0.0.0.0 {P}; peer', 'ok ok ok 127.0.0.1:{P}'],
        ['udp6; connect ::ffff:{own} {U}; sendto ::ffff:0.0.0.0 {P} source', 'ok ok ok'],
        ['tcp4; reuse 1; bind {own} {F}; connect 0.0.0.0 {P}', 'ok ok ok EACCES'],
      ]
}
