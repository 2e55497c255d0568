const BROKEN_PIPE = 141 // of a process that SIGPIPE ended, by the shell's count

/**
 * Writes a tool's output, in bytes of latin1, and returns the exit code to end with: the tool's own if all was written. A reader that
 * has gone ends a native tool by SIGPIPE, silently; any other fault is reported.
 */
export async function writeOutput(stdout: string, stderr: string, code: number): Promise<number> {
  await written(process.stderr, stderr)
  const fault = await written(process.stdout, stdout)
  if (fault === undefined) return code
  if (fault.code === 'EPIPE') return BROKEN_PIPE
  await written(process.stderr, `posix-wasm: cannot write to standard output: ${fault.code}\n`)
  return code || 1
}

/** Resolves to the fault, if there is one. Standard output may be a descriptor that is only for reading: nothing is written without need. */
function written(stream: NodeJS.WriteStream, text: string): Promise<NodeJS.ErrnoException | undefined> {
  if (text === '') return Promise.resolve(undefined)
  return new Promise((resolve) => {
    stream.once('error', resolve)
    try {
      stream.write(text, 'latin1', (error) => resolve(error ?? undefined))
    } catch (error) {
      resolve(error as NodeJS.ErrnoException)
    }
  })
}
