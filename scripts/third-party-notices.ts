import fs from 'node:fs'
import path from 'node:path'
import type { Metafile, Plugin } from 'esbuild'

/** The folders of the packages whose code is in `dist`, by name. */
const bundled = new Map<string, string>()

/** Remembers the packages that a build took code from. */
export function noteInputs({ inputs }: Metafile): void {
  for (const input of Object.keys(inputs)) {
    const [, folder, name] = /^(?:[^:]*:)?(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(input) ?? []
    if (folder !== undefined && name !== undefined) bundled.set(name, folder)
  }
}

/** Writes `dist/THIRD_PARTY_NOTICES.txt`: name, version and licence text of each package that the builds bundled so far. */
export function thirdPartyNotices(): Plugin {
  return {
    name: 'third-party-notices',
    setup({ initialOptions, onEnd }) {
      initialOptions.metafile = true
      onEnd(({ metafile }) => {
        if (metafile !== undefined) noteInputs(metafile)
        const sorted = [...bundled].sort(([one], [other]) => one.localeCompare(other))
        fs.mkdirSync('dist', { recursive: true })
        fs.writeFileSync(
          'dist/THIRD_PARTY_NOTICES.txt',
          [HEAD, ...sorted.map(noticeOf)].join(`\n${'-'.repeat(80)}\n\n`),
        )
      })
    },
  }
}

const HEAD = 'The files in this folder contain code of these packages.\n'

function noticeOf([name, folder]: readonly [string, string]): string {
  const { version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
  const file = fs.readdirSync(folder).find((each) => /^(licen[cs]e|copying)/i.test(each))
  const text = file === undefined ? '' : `\n${fs.readFileSync(path.join(folder, file), 'utf8')}`
  return `${name} ${version}, licence: ${license ?? 'see below'}\n${text}`
}
