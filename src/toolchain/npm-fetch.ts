import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { childEnvironment, programFolders } from './child-environment.js'

/** Settings of npm that say how the registry is reached. All others, which a project's .npmrc may have put there, are left out. */
const ofRegistry =
  /^npm_config_(registry|(https?_|no)?proxy|ca|cafile|cert|key|strict_ssl|userconfig|cache|offline|prefer_offline|fetch_.*)$/i

/** Has npm install `spec` into `folder`, which is empty. No script of the package runs, and no .npmrc of a project is read. */
export function fetchPackage(spec: string, folder: string): void {
  const options = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', '--no-global']
  fs.writeFileSync(path.join(folder, 'package.json'), '{}') // npm looks for a project upwards, and stops here
  execFileSync(npm(), ['install', ...options, `--prefix=${folder}`, spec], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
}

function environment(): NodeJS.ProcessEnv {
  const all = Object.entries(childEnvironment())
  return Object.fromEntries(all.filter(([name]) => !/^npm_/i.test(name) || ofRegistry.test(name)))
}

/** The npm that came with this Node, else the first in PATH. */
function npm(): string {
  if (process.platform === 'win32') return 'npm'
  const folders = [path.dirname(process.execPath), ...programFolders()]
  return folders.map((folder) => path.join(folder, 'npm')).find((file) => fs.existsSync(file)) ?? 'npm'
}
