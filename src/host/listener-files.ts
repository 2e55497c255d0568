import fs from 'node:fs'
import { refusesConnections } from '../bridge/refusal.js'
import { driverOf, type NetworkOption, threadedOf } from './network-option.js'
import type { GuestOptions } from './options.js'

type Given = Pick<GuestOptions, 'listen' | 'replay'> & { readonly network?: NetworkOption }

/** The files of the local sockets in the option `listen`, which the host makes and the host removes. */
export class ListenerFiles {
  readonly #paths: readonly string[]

  constructor({ listen = [], replay, network }: Given) {
    const isOnMachine = replay === undefined && threadedOf(network) === undefined && driverOf(network) === undefined
    const paths = listen.flatMap((address) => /^unix:([^@].*)$/s.exec(address)?.[1] ?? [])
    this.#paths = isOnMachine ? paths : []
  }

  /** Removes those at which no socket listens: before a guest starts they are left of a process that was killed, after it they are its own. */
  async clear(): Promise<void> {
    for (const path of this.#paths)
      if (isSocket(path) && (await refusesConnections(path))) fs.rmSync(path, { force: true })
  }
}

function isSocket(path: string): boolean {
  return fs.lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true
}
