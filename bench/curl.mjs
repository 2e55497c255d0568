// The real curl as a guest against the system's own, downloading from the same server: the rows of `--curl`.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))
const built = join(root, 'build/bench')
const nativeCurl = process.env['CURL'] || 'curl'
const guestCurl = join(root, 'build/libcurl/bin/curl')

/** About what a native curl downloads in that time. */
const bytesFor = (runMs) => runMs * 1_500_000

const schemes = {
  http: 'http',
  https: 'https, the server’s cipher',
  'https-any': 'https, the client’s cipher',
}

const download = (scheme, output, kind) => ({
  id: `curl-${scheme}-${kind}`,
  program: 'curl',
  way: 'calls',
  peer: scheme,
  kinds: ['C', 'worker', 'suspend', 'native'],
  args: ({ runMs }) => [scheme.split('-')[0], output, bytesFor(runMs)],
  figures: [
    {
      id: `curl-${scheme}-${kind}`,
      title: `curl, ${schemes[scheme]}, to ${kind === 'file' ? 'a file' : '/dev/null'}`,
      unit: 'GB/s',
      digits: 2,
      better: 'higher',
      of: ({ elapsedNs, count }) => count / elapsedNs,
    },
  ],
})

export const curlMeasurements = Object.keys(schemes).flatMap((scheme) => [
  download(scheme, '/dev/null', 'null'),
  download(scheme, join(built, 'downloaded'), 'file'),
])

/** The command that serves a scheme, for the peers of these measurements; undefined for other peers. */
export const curlPeer = (scheme) =>
  scheme in schemes ? [process.execPath, join(here, 'web-peer.mjs'), scheme, built] : undefined

/** A curl as `calls` runs programs, with port, scheme, output and size after it. It prints what the programs of the bench print. */
function called(words) {
  const curl = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  return [
    'sh',
    '-c',
    `exec ${curl} -q -k -sS -o "$3" -w "result %{time_total}e9 %{size_download}\\n" "$2://127.0.0.1:$1/$4"`,
    'sh',
  ]
}

/** The system's curl, and the guest; `run` is the command that runs a guest. */
export const callNative = () => called([nativeCurl])
export const callGuest = (run) => called([...run, '--ambient', guestCurl])

/** What is compared, as remarks. Throws where there is nothing to compare. */
export function describeCurl() {
  if (!existsSync(guestCurl)) throw new Error('the real curl has not been built; make libcurl does that')
  return [nativeCurl, guestCurl].map(
    (file) =>
      `${file}: ${spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout?.split('\n')[0] ?? 'cannot be run'}`,
  )
}
