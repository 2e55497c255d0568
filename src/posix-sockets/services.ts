import type { SocketType } from '../network/network.js'

export interface Service {
  readonly port: number
  readonly types: readonly SocketType[]
}

/** Ports that every system has in /etc/services, for those who ask by name. */
const services: Record<string, Service> = {
  echo: { port: 7, types: ['stream', 'dgram'] },
  discard: { port: 9, types: ['stream', 'dgram'] },
  daytime: { port: 13, types: ['stream', 'dgram'] },
  ftp: { port: 21, types: ['stream'] },
  ssh: { port: 22, types: ['stream'] },
  telnet: { port: 23, types: ['stream'] },
  smtp: { port: 25, types: ['stream'] },
  time: { port: 37, types: ['stream', 'dgram'] },
  domain: { port: 53, types: ['stream', 'dgram'] },
  tftp: { port: 69, types: ['dgram'] },
  http: { port: 80, types: ['stream'] },
  pop3: { port: 110, types: ['stream'] },
  ntp: { port: 123, types: ['dgram'] },
  imap2: { port: 143, types: ['stream'] },
  imap: { port: 143, types: ['stream'] },
  snmp: { port: 161, types: ['stream', 'dgram'] },
  ldap: { port: 389, types: ['stream', 'dgram'] },
  https: { port: 443, types: ['stream', 'dgram'] },
  submission: { port: 587, types: ['stream'] },
  ldaps: { port: 636, types: ['stream', 'dgram'] },
  imaps: { port: 993, types: ['stream'] },
  pop3s: { port: 995, types: ['stream'] },
  mqtt: { port: 1883, types: ['stream'] },
}

export function serviceByName(name: string): Service | undefined {
  return Object.hasOwn(services, name) ? services[name] : undefined
}

/** The name of a port; of two names the one that /etc/services has first. */
export function serviceByPort(port: number, type: SocketType): string | undefined {
  return Object.entries(services).find(([, service]) => service.port === port && service.types.includes(type))?.[0]
}
