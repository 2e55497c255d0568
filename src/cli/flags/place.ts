import fs from 'node:fs'
import path from 'node:path'
import { InvalidArgumentError } from 'commander'
import type { RunOptions } from '../../index.js'

export interface PlaceFlags {
  readonly env: Readonly<Record<string, string>>
  readonly dir: NonNullable<RunOptions['dirs']>
  readonly ambient?: boolean
  readonly invoke?: string
  readonly replay?: string
}

/** Where the program finds itself: its files, its environment, and the name it is called by. */
export function placeOf(module: string, flags: PlaceFlags): Pick<RunOptions, 'env' | 'dirs' | 'argv0'> {
  const { ambient, dir } = flags
  const dirs = ambient ? { '/': '/', ...dir } : dir
  return {
    ...envOf(flags),
    ...(ambient && flags.replay === undefined && { argv0: module }),
    ...(Object.keys(dirs).length > 0 && { dirs }),
  }
}

/** A replay takes from the recording what the command line does not say. */
function envOf({ ambient, env, replay }: PlaceFlags): Pick<RunOptions, 'env'> {
  if (replay !== undefined) return Object.keys(env).length > 0 ? { env } : {}
  return { env: ambient ? { ...environment(), PWD: process.cwd(), ...env } : env }
}

export function argsOf(args: readonly string[], { invoke, replay }: PlaceFlags): Pick<RunOptions, 'args'> {
  if (invoke !== undefined) return { args: [] }
  return replay !== undefined && args.length === 0 ? {} : { args }
}

function environment(): Record<string, string> {
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries(entries)
}

export function addVariable(text: string, all: PlaceFlags['env']): PlaceFlags['env'] {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('write it as NAME=VALUE.')
  return { ...all, [text.slice(0, at)]: text.slice(at + 1) }
}

export function addDirectory(text: string, all: PlaceFlags['dir']): PlaceFlags['dir'] {
  const [, host = text, guest = text, readOnly] = /^(.*?)::(.*?)(:ro)?$/s.exec(text) ?? []
  if (!fs.statSync(host, { throwIfNoEntry: false })?.isDirectory())
    throw new InvalidArgumentError(`there is no directory ${path.resolve(host)}.`)
  return { ...all, [guest]: readOnly === undefined ? host : { path: host, readOnly: true } }
}
