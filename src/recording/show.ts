import { readCall } from './calls.js'
import { formatTimed } from './format.js'
import { FORMAT_VERSION, FrameReader } from './frames.js'
import { type Header, readHeader } from './header.js'

/** A recording as text, line by line: how the guest was started, and then each call with its number. Throws a `RecordingError` where it is not whole. */
export function* recordingLines(file: string): Generator<string> {
  const frames = new FrameReader(file)
  try {
    yield* headerLines(readHeader(frames))
    for (let number = 1; ; number++) {
      const body = frames.next()
      if (body === undefined) return
      yield `${number} ${formatTimed(readCall(body))}`
    }
  } finally {
    frames.close()
  }
}

function headerLines({ module, args, env, options }: Header): string[] {
  return [
    `recording    format ${FORMAT_VERSION}`,
    `module       sha-256 ${module}`,
    `arguments    ${args.map((each) => JSON.stringify(each)).join(' ')}`,
    ...Object.entries(env).map(([name, value]) => `environment  ${name}=${JSON.stringify(value)}`),
    ...Object.entries(options).map(([name, value]) => `option       ${name} ${JSON.stringify(value)}`),
  ]
}
