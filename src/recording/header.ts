import { builtIn } from '../bridge/built-in.js'
import { printableJson, printableName } from '../posix/printable.js'
import { RecordingError } from './errors.js'
import type { FrameReader, FrameWriter } from './frames.js'
import { dictionary, either, list, object, real, text, truth } from './shape.js'

/** What decides how a guest runs, besides what it learns while it does. */
export interface Header {
  /** `moduleHash` of the module's bytes. */
  readonly module: string
  /** The guest's arguments, its own name first. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Options of the host's that change what the guest finds, by their names. */
  readonly options: Readonly<Record<string, HeaderOption | undefined>>
}
export type HeaderOption = string | number | boolean | readonly HeaderOption[]

const HEADER = 1

/** A variable that the host makes of a file of its own, the data of a time zone: replayed as recorded, and not compared. */
export const ZONE_VARIABLE = 'POSIX_WASM_ZONE'

/** SHA-256 of a module's bytes, in hexadecimal. A module that came compiled has none, and cannot be recorded. */
export function moduleHash(bytes: Uint8Array | undefined): string {
  if (bytes === undefined)
    throw new RecordingError('module', 'a compiled module cannot be recorded or replayed: give its file or its bytes')
  return builtIn('node:crypto').createHash('sha256').update(bytes).digest('hex')
}

export function writeHeader(to: FrameWriter, { module, args, env, options }: Header): void {
  to.append((body) => {
    body.byte(HEADER)
    body.raw(Buffer.from(JSON.stringify({ module, args, env, options })))
  })
}

export function readHeader(from: FrameReader): Header {
  const body = from.next()
  const header = body?.[0] === HEADER && body.length <= MOST_BYTES ? parsed(body.toString('utf8', 1)) : undefined
  if (isHeader(header)) return header as Header
  throw new RecordingError('damaged', `${from.file} is damaged at its start: it does not say what was recorded`)
}

/** Arguments and environment of a process, which Linux lets be a few MiB. */
const MOST_BYTES = 16 * 1024 * 1024
const single = either(text, truth, real)
/** Lists of lists of texts, numbers and truths. */
const isHeader = object<Header>({
  ...{ module: text, args: list(text), env: dictionary(text) },
  options: dictionary(either(single, list(either(single, list(single))))),
})

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** What is known of a guest that is to be replayed. What is undefined is as it was recorded. */
export interface GivenStart {
  readonly module?: string | undefined
  readonly args?: readonly (string | undefined)[] | undefined
  readonly env?: Header['env'] | undefined
  readonly options?: Header['options'] | undefined
}

/** Throws where a guest would not be started as the recorded one was. */
export function checkHeader(file: string, recorded: Header, given: GivenStart): void {
  const { module, args, env, options } = given
  if (module !== undefined && module !== recorded.module)
    throw new RecordingError(
      'module',
      `${file} was recorded with another module: sha-256 ${printableName(recorded.module)}, and this one has ${module}`,
    )
  if (args !== undefined) mustBe(file, 'the arguments', recorded.args, filled(args, recorded.args))
  if (env !== undefined) checkEnv(file, recorded.env, env)
  for (const name of options === undefined ? [] : namesOf(recorded.options, options))
    mustBe(file, `the option ${printableName(name)}`, recorded.options[name], options?.[name])
}

function filled(args: readonly (string | undefined)[], recorded: readonly string[]): (string | undefined)[] {
  return args.map((arg, index) => arg ?? recorded[index])
}

function mustBe(file: string, what: string, recorded: unknown, given: unknown): void {
  const [then, now] = [recorded, given].map((each) => (each === undefined ? 'none' : printableJson(each)))
  if (then === now) return
  throw new RecordingError('start', `${file} was recorded with ${what} ${cut(then)}, and now it is ${cut(now)}`)
}

/** Names only: the values may be secrets. Their order is seen by the guest, too. */
function checkEnv(file: string, recorded: Header['env'], given: Header['env']): void {
  const compared = (name: string) => name !== ZONE_VARIABLE
  const other = namesOf(recorded, given).find((name) => compared(name) && recorded[name] !== given[name])
  if (other !== undefined)
    throw new RecordingError(
      'start',
      `${file} was recorded with another value of the environment variable ${printableName(other)}`,
    )
  const [then, now] = [recorded, given].map((env) => Object.keys(env).filter(compared))
  mustBe(file, 'the environment variables', then, now)
}

function namesOf(one: object, other: object): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
}

/** The most characters of a value that a message repeats. */
const MOST_SHOWN = 500

function cut(json = ''): string {
  return json.length > MOST_SHOWN ? `${json.slice(0, MOST_SHOWN)}…` : json
}
