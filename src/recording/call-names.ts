import type { Operation } from '../network/network.js'

/** What a guest learns from outside by other ways than the network. */
export type OtherCall =
  | 'now'
  | 'time'
  | 'random'
  | 'adopt'
  | 'stdio'
  | 'read'
  | 'write'
  | 'resume'
  | 'pollHandle'
  | 'seek'
  | 'stat'
  | 'filestat'
  | 'exit'
  | 'stop'
export type CallName = Operation | OtherCall

/** What calls are in a recording. A new one gets a new number; no number is ever used for something else. */
export const numberOf: Readonly<Record<CallName, number>> = {
  open: 1,
  pair: 2,
  pipe: 3,
  bind: 4,
  listen: 5,
  accept: 6,
  connect: 7,
  send: 8,
  receive: 9,
  receiveFrom: 10,
  shutdown: 11,
  close: 12,
  available: 13,
  localName: 14,
  peerName: 15,
  takeError: 16,
  setOption: 17,
  getOption: 18,
  resolve: 19,
  resolveBack: 20,
  answer: 21,
  hostname: 22,
  interfaces: 23,
  wait: 24,
  startTls: 25,
  tlsState: 26,
  now: 64,
  time: 65,
  random: 66,
  adopt: 67,
  stdio: 68,
  read: 69,
  write: 70,
  resume: 71,
  pollHandle: 72,
  seek: 73,
  stat: 74,
  filestat: 75,
  exit: 76,
  stop: 77,
}
/** The calls by their numbers. */
export const callNames: ReadonlyMap<number, CallName> = new Map(
  Object.entries(numberOf).map(([name, number]) => [number, name as CallName]),
)
