import { describeAttacks } from '../../support/attack.js'
import { type Attempt, attackRules } from '../../support/rule-attacks.js'

/* Empty datagrams pass all limits of bytes. */

/** The first attempt takes all that may go within minutes. */
const attempts: readonly Attempt[] = [
  ['udp4; nonblock; sendto 127.0.0.1 {U}; sendto 127.0.0.1 {U}', 'ok ok ok EAGAIN'],
  ['udp4; nonblock; sendto 127.0.0.1 {U} x', 'ok ok EAGAIN'],
  ['udp4; nonblock; connect 127.0.0.1 {U}; send x', 'ok ok ok EAGAIN'],
  ['udp6; nonblock; sendmsg ::ffff:127.0.0.1 {U} x', 'ok ok EAGAIN'],
  ['pair; nonblock; send x', 'ok ok ok'],
]

describeAttacks('rules', (mode) => {
  attackRules(mode, {
    name: 'more empty datagrams than may be sent',
    limits: { datagramsPerSecond: 0.001, bytesOut: 1000, bytesPerSecondOut: 1e6 },
    rules: {},
    attempts,
  })
})
