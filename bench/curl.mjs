// The real curl as a guest against the system's own, downloading from the same server: the rows of `--curl`.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))
const built = join(root, 'build/bench')
const guestCurl = join(root, 'build/libcurl/bin/curl')

/** About what a native curl downloads in that time. */
const bytesFor = (runMs) => runMs * 1_500_000

const ways = {
  http: 'http',
  https: 'https, the server’s cipher',
  'https-any': 'https, the client’s cipher',
}

const download = (way, output, kind) => ({
  name: `curl-${way}-${kind}`,
  program: 'curl',
  peer: way,
  args: ({ runMs }) => [way.split('-')[0], output, bytesFor(runMs)],
  figures: [
    {
      title: `${ways[way]}, to ${kind === 'file' ? 'a file' : '/dev/null'}`,
      unit: 'GB/s',
      digits: 2,
      of: ({ elapsedNs, count }) => count / elapsedNs,
      target: { atLeast: 0.3, timesNative: true },
    },
  ],
})

export const curlMeasurements = Object.keys(ways).flatMap((way) => [
  download(way, '/dev/null', 'null'),
  download(way, join(built, 'downloaded'), 'file'),
])

/** As curl is called by the shell, with port, scheme, output and size after it. It prints what the programs of the bench print. */
const script = 'exec "$1" -q -k -sS -o "$4" -w "result %{time_total}e9 %{size_download}\\n" "$3://127.0.0.1:$2/$5"'
const called = (curl) => () => ['sh', '-c', script, 'sh', curl]

/** Columns, peer and remarks, as `prepare` gives them for the C programs. */
export async function prepareCurl() {
  if (!existsSync(guestCurl)) throw new Error('the real curl has not been built; make libcurl does that')
  await mkdir(built, { recursive: true })
  const native = process.env['CURL'] || 'curl'
  const version = spawnSync(native, ['--version'], { encoding: 'utf8' })
  const hasNative = version.status === 0
  return {
    columns: { ...(hasNative && { native: called(native) }), guest: called(guestCurl) },
    peer: (way) => [process.execPath, join(here, 'web-peer.mjs'), way, built],
    remarks: [
      hasNative ? `native: ${version.stdout.split('\n')[0]}` : `There is no native column: there is no ${native}.`,
      `guest: ${spawnSync(guestCurl, ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0]}`,
    ],
  }
}
