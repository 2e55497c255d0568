import { type Call, call } from '../../abi/call.js'
import type { Guest } from '../../abi/guest.js'
import { struct, u8, u32 } from '../../abi/layout.js'
import { pointer } from '../../abi/params.js'
import { SysError } from '../../posix/errno.js'
import type { Start } from '../preview1.js'
import { isStdio } from '../streams.js'

/*
 * __wasi_tty_t, 24 bytes: columns, rows, width and height in pixels, then bytes of 0 or 1.
 *
 *   0      4      8      12      16      17       18       19     20      21      22  24
 *   | cols | rows | width| height| stdin | stdout | stderr | echo | lines | feeds |   |
 */
const tty = struct({
  columns: u32,
  rows: u32,
  width: u32,
  height: u32,
  stdin: u8,
  stdout: u8,
  stderr: u8,
  echo: u8,
  lineBuffered: u8,
  lineFeeds: u8,
})
type Tty = ReturnType<typeof tty.read>

/** As a terminal is, where nobody says. */
const [COLUMNS, ROWS] = [80, 24]
const STDIN = 0

export function terminalTable({ env }: Start): Readonly<Record<string, Call>> {
  return {
    tty_get: call([pointer('state')], (guest, state) => tty.write(guest.memory, state, stateOf(guest, env))),

    /** Node cannot change a terminal from a guest's thread: only what holds already can be asked for. */
    tty_set: call([pointer('state')], (guest, state) => {
      const [asked, holds] = [tty.read(guest.memory, state), stateOf(guest, env)]
      const isSame = (Object.keys(holds) as (keyof Tty)[]).every((each) => asked[each] === holds[each])
      if (!isSame) throw new SysError('EOPNOTSUPP')
    }),
  }
}

/** A terminal echoes, passes on whole lines and turns a carriage return into a line feed, as it does when a program starts. */
function stateOf(guest: Guest, env: Start['env']): Tty {
  const [stdin = 0, stdout = 0, stderr = 0] = [STDIN, 1, 2].map((fd) => Number(isTerminal(guest, fd)))
  return {
    columns: numberIn(env['COLUMNS']) ?? COLUMNS,
    rows: numberIn(env['LINES']) ?? ROWS,
    width: 0,
    height: 0,
    stdin,
    stdout,
    stderr,
    echo: stdin,
    lineBuffered: stdin,
    lineFeeds: stdin,
  }
}

function isTerminal({ sockets: { table } }: Guest, fd: number): boolean {
  if (!table.has(fd)) return false
  const open = table.get(fd)
  return isStdio(open) && open.isTerminal
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : undefined
}
