import { describeAttacks } from '../../support/attack.js'
import { type Attempt, attackRules } from '../../support/rule-attacks.js'

/* Rules that demand TLS: nothing passes in plain text, in neither direction. No server here speaks TLS. */
const NO_VERIFY = 2
const SERVER = 1

const reached: readonly (readonly [steps: string, outcome: string])[] = [
  ['tcp4; connect 127.0.0.1 {T}', 'ok ok'],
  ['tcp4; connect 0.0.0.0 {T}', 'ok ok'],
  ['tcp6; connect ::ffff:127.0.0.1 {T}', 'ok ok'],
  ['tcp4; connect 127.0.0.1 {T}; unspec; connect 127.0.0.1 {T}', 'ok ok ok ok'],
  ['tcp4; connect 127.0.0.1 {T}; connect 127.0.0.1 {T}', 'ok ok EISCONN'],
  ['tcp4; connect 127.0.0.1 {T}; dup', 'ok ok ok'],
]

const plain: readonly (readonly [step: string, outcome: string])[] = [
  ['send x', 'EACCES'],
  ['write x', 'EACCES'],
  ['recv', 'EACCES'],
  ['read', 'EACCES'],
  ['sendto 127.0.0.1 {T} x', 'EACCES'],
  ['sendmsg 127.0.0.1 {T} x', 'EACCES'],
  ['sendmmsg 127.0.0.1 {T} x', 'EACCES'],
  [`starttls - ${NO_VERIFY}`, 'EACCES'],
  [`starttls - ${SERVER}`, 'EACCES'],
  ['starttls example.com 0', 'EACCES'],
]

/** IPv6's sockets take IPv4 within IPv6. */
function ofFamily(steps: string, step: string): string {
  return steps.startsWith('tcp6') ? step.replace('127.0.0.1', '::ffff:127.0.0.1') : step
}

const clients: readonly Attempt[] = reached.flatMap(([steps, done]) =>
  plain.map(([step, outcome]): Attempt => [`${steps}; ${ofFamily(steps, step)}`, `${done} ${outcome}`]),
)

const others: readonly Attempt[] = [
  ['udp4; sendto 127.0.0.1 {U} x', 'ok EACCES'],
  ['udp4; sendto 127.0.0.1 {T} x', 'ok EACCES'],
  ['tcp4; connect 127.0.0.1 {S}', 'ok EACCES'],
  ['tcp4; connect 127.0.0.2 {T}', 'ok EACCES'],
  ['unix; dial {d}/ok/app', 'ok EACCES'],
]

/** The guest calls itself: as a client it may speak in plain text, as a server it may not. */
const own = 'tcp4; reuse 1; bind 127.0.0.1 {F}; listen; tcp4; connect 127.0.0.1 {F}; send hello; use 0; accept'
const servers: readonly Attempt[] = plain
  .filter(([step]) => !step.startsWith('starttls'))
  .map(([step, outcome]): Attempt => [`${own}; ${step}`, `ok ok ok ok ok ok ok ok ok ${outcome}`])

describeAttacks('rules', (mode) => {
  attackRules(mode, {
    name: 'plain text to where TLS is demanded',
    rules: { allow: ['tls:127.0.0.1:{T}'] },
    attempts: [...clients, ...others],
  })
  attackRules(mode, {
    name: 'plain text on connections that are accepted where TLS is demanded',
    rules: { allow: ['tls:listen:127.0.0.1:{F}', 'connect:127.0.0.1:{F}'] },
    attempts: [...servers, [`${own}; starttls - 0`, 'ok ok ok ok ok ok ok ok ok EACCES']],
  })
})
