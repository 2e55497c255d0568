import fs from 'node:fs'
import path from 'node:path'
import { ZONE_VARIABLE } from '../recording/header.js'
import type { LoadedModule } from './load.js'

type Given = Readonly<Record<string, string | undefined>>
type Env = Readonly<Record<string, string>>

/** Where systems keep the files of the time zone database. */
const DATABASE = '/usr/share/zoneinfo'

/** Names such as `Europe/Berlin` and `Etc/GMT+5`: no path leads out of the database. */
const ZONE_NAME = /^:?([A-Za-z][\w+-]*(?:\/[A-Za-z][\w+-]*)*)$/

/** Larger than any file of a zone. */
const MOST_BYTES = 64 * 1024

/**
 * Returns a variable with the file of the zone that `TZ` names, as `NAME:BASE64`, for a guest that uses our libc: that takes it out of
 * the environment and needs no directory for it. Returns nothing if `TZ` is no such name, or this machine has no such file.
 */
export function zoneEnv(env: Given, { module }: Pick<LoadedModule, 'module'>): Env {
  const [, name] = ZONE_NAME.exec(env['TZ'] ?? '') ?? []
  if (name === undefined || !usesOurLibc(module)) return {}
  const bytes = zoneFile(path.join(DATABASE, name))
  return bytes === undefined ? {} : { [ZONE_VARIABLE]: `${name}:${newestBlock(bytes).toString('base64')}` }
}

/** Returns the part of a recorded environment that `zoneEnv` made then. */
export function recordedZone(env: Given): Env {
  const value = env[ZONE_VARIABLE]
  return value === undefined ? {} : { [ZONE_VARIABLE]: value }
}

function usesOurLibc(module: WebAssembly.Module): boolean {
  return WebAssembly.Module.imports(module).some((each) => each.module === 'posix_sockets')
}

function zoneFile(file: string): Buffer | undefined {
  try {
    const { size } = fs.statSync(file)
    if (size > MOST_BYTES) return undefined
    const bytes = fs.readFileSync(file)
    return isZone(bytes) ? bytes : undefined
  } catch {
    return undefined
  }
}

function isZone(bytes: Buffer): boolean {
  return bytes.length >= HEADER_BYTES && bytes.toString('latin1', 0, 4) === 'TZif'
}

const HEADER_BYTES = 44
const VERSION_AT = 4

/**
 * Makes the first block of a TZif file (RFC 8536) empty if there is a second, which holds the same in 64 bits. The empty block keeps one
 * period and one byte of names, as it must have.
 */
function newestBlock(bytes: Buffer): Buffer {
  if ((bytes[VERSION_AT] ?? 0) < '2'.charCodeAt(0)) return bytes
  const [universal, standard, leaps, times, types, letters] = counts(bytes)
  const length = times * 5 + types * 6 + letters + leaps * 8 + standard + universal
  const header = Buffer.from(bytes.subarray(0, HEADER_BYTES))
  for (const [index, count] of [0, 0, 0, 0, 1, 1].entries()) header.writeUInt32BE(count, 20 + index * 4)
  return Buffer.concat([header, Buffer.alloc(7), bytes.subarray(HEADER_BYTES + length)])
}

type Six<T> = [T, T, T, T, T, T]

function counts(bytes: Buffer): Six<number> {
  return [0, 1, 2, 3, 4, 5].map((index) => bytes.readUInt32BE(20 + index * 4)) as Six<number>
}
