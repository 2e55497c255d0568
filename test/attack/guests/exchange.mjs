// Lets the link `door` in a folder lead to `ok` and to `no` in turn, for at most a minute, after a line that says that it has begun.
import { renameSync, symlinkSync } from 'node:fs'

const [folder] = process.argv.slice(2)
const until = Date.now() + 60_000
const turn = (target) => {
  symlinkSync(target, `${folder}/door-next`)
  renameSync(`${folder}/door-next`, `${folder}/door`)
}
turn('ok')
process.stdout.write('begun\n')
try {
  while (Date.now() < until) {
    turn('no')
    turn('ok')
  }
} catch {
  // the folder is gone, and the test is over
}
