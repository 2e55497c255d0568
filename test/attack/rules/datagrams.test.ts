import { describeAttacks } from '../../support/attack.js'
import { type Attempt, attackRules } from '../../support/rule-attacks.js'

/* Datagrams: each goes by its own destination. Only 127.0.0.1:{U} may be sent to, and only 127.0.0.1:{F} bound to. */

/** What a socket may have done before. */
const before: readonly (readonly [steps: string, outcome: string])[] = [
  ['udp4', 'ok'],
  ['udp4; connect 127.0.0.1 {U}', 'ok ok'],
  ['udp4; sendto 127.0.0.1 {U} own', 'ok ok'],
  ['udp4; sendto 127.0.0.1 {U} own; recv', 'ok ok ok udp heard own'],
  ['udp4; bind 127.0.0.1 0', 'ok ok'],
  ['udp4; reuse 1; bind 127.0.0.1 {F}', 'ok ok ok'],
  ['udp4; reuse 1; bind 127.0.0.1 {F}; connect 127.0.0.1 {U}', 'ok ok ok ok'],
  ['udp4; connect 127.0.0.1 {U}; unspec', 'ok ok ok'],
  ['udp4; connect 127.0.0.1 {U}; dup', 'ok ok ok'],
]

const attacks: readonly (readonly [step: string, outcome: string])[] = [
  ['sendto 127.0.0.1 {SU} a', 'EACCES'],
  ['sendto 127.0.0.2 {U} b', 'EACCES'],
  ['sendto 127.0.0.1 {SU}', 'EACCES'],
  ['sendmsg 127.0.0.1 {SU} c', 'EACCES'],
  ['connect 127.0.0.1 {SU}', 'EACCES'],
  ['sendto 127.255.255.255 {SU} d', 'EACCES'],
  ['sendto 255.255.255.255 {SU} e', 'EACCES'],
  ['join 224.0.0.251', 'EACCES'],
]

const each: readonly Attempt[] = before.flatMap(([steps, done]) =>
  attacks.map(([step, outcome]): Attempt => [`${steps}; ${step}`, `${done} ${outcome}`]),
)

const more: readonly Attempt[] = [
  ['udp4; connect 127.0.0.1 {U}; sendmmsg 127.0.0.1 {SU} x; recv', 'ok ok one ok udp heard x'],
  ['udp4; sendmmsg 127.0.0.1 {SU} x', 'ok EDESTADDRREQ'],
  ['udp4; connect 127.0.0.1 {U}; connect 127.0.0.1 {SU}; send still; recv', 'ok ok EACCES ok ok udp heard still'],
  ['udp4; connect 127.0.0.1 {U}; unspec; send x', 'ok ok ok EDESTADDRREQ'],
  ['udp4; sendto 127.0.0.1 0 x', 'ok EINVAL'],
  ['udp4; sendpath {d}/no/app', 'ok EAFNOSUPPORT'],
  ['udp6; sendto ::ffff:127.0.0.1 {SU} x', 'ok EACCES'],
  ['udp6; sendto four:127.0.0.1 {SU} x', 'ok EACCES'],
  ['udp6; sendto ::1 {U} x', 'ok EACCES'],
  ['udp6; sendto ::1%1 {SU} x', 'ok EACCES'],
  ['udp6; sendto fe80::1%1 {SU} x', 'ok EACCES'],
  ['udp6; sendto ff02::1%1 {SU} x', 'ok EACCES'],
  ['udp6; sendto ::ffff:127.0.0.1 {U} own; recv', 'ok ok ok udp heard own'],
  ['udp6; v6only 1; sendto ::ffff:127.0.0.1 {SU} x', 'ok ok EACCES'],
  ['udp6; connect ::ffff:127.0.0.1 {U}; sendto ::1 {U} x', 'ok ok EACCES'],
  ['udp6; connect ::ffff:127.0.0.1 {U}; connect ::1 {SU}; send own; recv', 'ok ok EACCES ok ok udp heard own'],
  ['udp4; bind 0.0.0.0 {F}', 'ok EACCES'],
  ['udp6; bind :: {F}', 'ok EACCES'],
  ['udp6; bind ::ffff:0.0.0.0 {F}', 'ok EACCES'],
  ['udp4; bind 127.0.0.1 {G}', 'ok EACCES'],
  ['udp4; bind 127.0.0.1 {F}; bind 127.0.0.1 {G}', 'ok ok EINVAL'],
  ['tcp4; connect 127.0.0.1 {U}', 'ok EACCES'],
  ['udp4; bind 127.0.0.1 {F}; udp4; sendto 127.0.0.1 {F} x', 'ok ok ok ok'],
]

describeAttacks('rules', (mode) => {
  const rules = { allow: ['udp:127.0.0.1:{U},{F}'] }
  attackRules(mode, { name: 'datagrams to forbidden addresses, on sockets of all kinds', rules, attempts: each })
  attackRules(mode, { name: 'other ways for datagrams', rules, attempts: more })
})
