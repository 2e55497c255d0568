import v8 from 'node:v8'

/** Node's own WASI, without the note that it is experimental: whoever runs a program did not choose the module. */
export async function nodeWasi(): Promise<typeof import('node:wasi')> {
  if (hasUnsafeCalls()) v8.setFlagsFromString('--no-turbo-fast-api-calls')
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return await import('node:wasi')
  } finally {
    process.emitWarning = emitWarning
  }
}

/** Before Node 22, optimised code that calls node:wasi by V8's short way to native functions crashes the process now and then. */
function hasUnsafeCalls(): boolean {
  return Number.parseInt(process.versions.node, 10) < 22
}
