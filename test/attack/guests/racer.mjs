/* Exchanges names in the directory that it is given, as fast as it can, until it is told to end or after 60 seconds. */
import fs from 'node:fs'
import path from 'node:path'

const [data, which] = process.argv.slice(2)
process.chdir(data)
const exchanged = {
  'a directory': 'a',
  'a directory below': path.join('a', 'b'),
  'a file': path.join('a', 'b', 'file'),
}
const name = exchanged[which]
const target = {
  'a directory': '../outside',
  'a directory below': '../../outside/b',
  'a file': '../../../outside/b/file',
}[which]
const end = Date.now() + 60_000
process.on('message', () => process.exit())
process.send('ready')
function turn() {
  for (let i = 0; i < 200; i++) {
    try {
      fs.renameSync(name, 'aside')
      fs.symlinkSync(target, name)
      fs.unlinkSync(name)
      fs.renameSync('aside', name)
    } catch {
      // the guest was there first
      try {
        fs.unlinkSync(name)
      } catch {}
      try {
        fs.renameSync('aside', name)
      } catch {}
    }
  }
  if (Date.now() < end) setImmediate(turn)
  else process.exit()
}
turn()
