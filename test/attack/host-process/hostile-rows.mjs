import { Duplex, PassThrough, Readable, Writable } from 'node:stream'

/* Functions and streams of a host that misbehave, and what must come of each. */

const failure = () => new Error('the disk is full')
const loud = () => {
  throw failure()
}
const nothing = () => {}
const FAILED = 'Error: the disk is full'

/** Node destroys a stream by itself that has failed or ended, unless it is told not to. */
const patient = { autoDestroy: false }
const THEN = 'then'
const thenable = (then) => Object.fromEntries([[THEN, then]])

/** A stream whose events and methods are replaced. */
const with_ = (stream, methods) => Object.assign(stream, methods)
const takes = (write, more = {}) => new Writable({ write, ...more })
const fine = (_chunk, _encoding, done) => done()

/** Each row: what it does, what becomes of a guest that copies its input there and returns, and how it is made. */
export const outputs = [
  ['calls back with an error', FAILED, () => takes((_c, _e, done) => done(failure()))],
  ['calls back with an error later', FAILED, () => takes((_c, _e, done) => setImmediate(done, failure()))],
  ['calls back with an error much later', FAILED, () => takes((_c, _e, done) => setTimeout(done, 100, failure()))],
  ['throws in write', FAILED, () => takes(loud)],
  ['throws in its second write', FAILED, () => throwsAt(2)],
  ['throws no error', '5', () => takes(() => raise(5))],
  ['is a write function that throws', FAILED, () => with_(takes(fine), { write: loud })],
  ['emits an error and never calls back', FAILED, () => takes(emits(1))],
  ['emits two errors', FAILED, () => takes(emits(2))],
  ['emits an error at each of three turns', FAILED, () => takes(emitsLater)],
  [
    'is destroyed with an error',
    FAILED,
    () =>
      takes(function (_c, _e, done) {
        this.destroy(failure())
        done()
      }),
  ],
  [
    'is destroyed without',
    'exit 0',
    () =>
      takes(function (_c, _e, done) {
        this.destroy()
        done()
      }),
  ],
  ['was destroyed before', 'exit 0', () => takes(fine).destroy()],
  ['had failed before', FAILED, () => takes(fine).on('error', nothing).destroy(failure())],
  ['fails before the guest begins', FAILED, () => soon(takes(fine), (each) => each.destroy(failure()))],
  ['was ended before', 'Error: write after end', () => takes(fine).end()],
  [
    'ends at its first piece',
    'Error: write after end',
    () =>
      takes(function (_c, _e, done) {
        this.end()
        setImmediate(done)
      }),
  ],
  ['never calls back', 'exit 0', () => takes(nothing)],
  ['calls back twice', 'Callback called multiple times', () => takes((_c, _e, done) => twice(done))],
  ['is corked', 'exit 0', () => corked(takes(fine))],
  ['takes objects', 'exit 0', () => takes(fine, { objectMode: true })],
  [
    'throws in its destroy',
    FAILED,
    () =>
      with_(
        takes((_c, _e, done) => done(failure()), patient),
        { destroy: loud },
      ),
  ],
  ['throws when it is listened to', FAILED, () => with_(takes(fine), { on: loud })],
  ['throws when it is listened to no more', 'exit 0', () => with_(takes(fine), { off: loud })],
  ['is no stream of Node', 'exit 0', () => ({ on: nothing, off: nothing, write: (_b, done) => done(), end: nothing })],
  ['is a function that throws', FAILED, () => loud],
  ['is a function that throws nothing', 'undefined', () => () => raise(undefined)],
  ['is a function whose promise rejects', FAILED, () => async () => loud()],
  [
    'is a function whose promise rejects later',
    FAILED,
    () => async () => {
      await new Promise((resolve) => setTimeout(resolve, 30))
      loud()
    },
  ],
  ['is a function whose promise never settles', 'exit 0', () => () => new Promise(nothing)],
  [
    'is a function that returns a thenable which fails',
    FAILED,
    () => () => thenable((_resolve, reject) => reject(failure())),
  ],
  ['is a function that returns a thenable which throws', FAILED, () => () => thenable(loud)],
  ['is a function that returns a trap', FAILED, () => () => Object.defineProperty({}, THEN, { get: loud })],
]

/** The same of a stream that is the guest's input. */
export const inputs = [
  ['fails after a piece', FAILED, () => gives('some', (each) => each.destroy(failure()))],
  ['fails at once', FAILED, () => new Readable({ read: loud })],
  ['had failed before', FAILED, () => new Readable({ read: nothing }).on('error', nothing).destroy(failure())],
  [
    'fails before the guest begins',
    FAILED,
    () => soon(new Readable({ read: nothing }), (each) => each.destroy(failure())),
  ],
  ['emits an error', FAILED, () => gives('some', (each) => each.emit('error', failure()))],
  ['emits two errors', FAILED, () => gives('some', (each) => twice(() => each.emit('error', failure())))],
  ['is closed after a piece', 'Error: stdin was closed before its end', () => gives('some', (each) => each.destroy())],
  ['was closed before', 'Error: stdin was closed before its end', () => new Readable({ read: nothing }).destroy()],
  ['gives an object', 'TypeError: the stream gives an object, not bytes or texts', () => Readable.from([{}])],
  ['gives numbers', 'TypeError: the stream gives 5, not bytes or texts', () => Readable.from([5])],
  [
    'gives what is wider than bytes',
    'TypeError: the stream gives an Uint16Array',
    () => Readable.from([new Uint16Array(4)]),
  ],
  ['throws in resume', FAILED, () => with_(new Readable({ read: nothing }), { resume: loud })],
  ['throws when it is listened to', FAILED, () => with_(new Readable({ read: nothing }), { on: loud })],
  ['throws in pause', 'exit 0', () => with_(Readable.from(['some']), { pause: loud })],
  ['goes on after its end', 'stream.push() after EOF', () => gives('some', (each) => pushes(each, null, 'more'))],
  [
    'gives texts in hex',
    'exit 0',
    () => Readable.from([Buffer.from('some')], { objectMode: false }).setEncoding('hex'),
  ],
  ['gives nothing at all', 'exit 0', () => Readable.from([])],
]

/** The same of a connection, which a guest echoes on: what goes wrong is an errno of the guest's. */
export const connections = [
  ['fails after a piece', () => duplex({}, (each) => each.destroy(failure()))],
  ['emits two errors', () => duplex({}, (each) => twice(() => each.emit('error', failure())))],
  ['is closed after a piece', () => duplex({}, (each) => each.destroy())],
  ['throws in write', () => duplex({ write: loud })],
  ['calls back with an error', () => duplex({ write: (_c, _e, done) => done(failure()) })],
  ['never calls back', () => duplex({ write: nothing }, (each) => each.push(null))],
  ['calls back twice', () => duplex({ write: (_c, _e, done) => twice(done) }, (each) => each.push(null))],
  ['throws in final', () => duplex({ final: loud }, (each) => each.push(null))],
  ['never ends', () => duplex({ final: nothing }, (each) => each.push(null))],
  ['throws in _destroy', () => duplex({ destroy: loud }, (each) => each.push(null))],
  ['is never destroyed', () => duplex({ destroy: nothing }, (each) => each.push(null))],
  [
    'has a destroy that throws',
    () =>
      with_(
        duplex(patient, (each) => each.push(null)),
        { destroy: loud },
      ),
  ],
  [
    'has an end that throws',
    () =>
      with_(
        duplex({}, (each) => each.push(null)),
        { end: loud },
      ),
  ],
  [
    'has a write that throws',
    () =>
      with_(
        duplex({}, (each) => each.push(null)),
        { write: loud },
      ),
  ],
  ['has a resume that throws', () => with_(duplex({}, nothing), { resume: loud })],
  ['throws when it is listened to', () => with_(duplex({}, nothing), { on: loud })],
  ['gives objects', () => duplex({ objectMode: true }, (each) => pushes(each, {}, null))],
  ['was destroyed before', () => duplex({}, nothing).destroy()],
  ['had failed before', () => duplex({}, nothing).on('error', nothing).destroy(failure())],
  ['fails before the guest begins', () => soon(duplex({}, nothing), (each) => each.destroy(failure()))],
  ['was ended before', () => duplex({}, (each) => each.push(null)).end()],
  ['echoes itself', () => passing()],
]

/** Functions of the host, as each of its callbacks. */
export const functions = [
  ['throws', FAILED, () => loud],
  ['returns a promise that rejects', FAILED, () => async () => loud()],
  [
    'returns a promise that rejects later',
    FAILED,
    () => () => new Promise((_, reject) => setTimeout(reject, 30, failure())),
  ],
  ['returns a promise that never settles', 'exit 0', () => () => new Promise(nothing)],
  ['throws nothing', 'undefined', () => () => raise(undefined)],
  ['throws what looks like an errno', 'SysError: EAGAIN', (library) => () => raise(new library.SysError('EAGAIN'))],
  ['returns a thenable which throws', FAILED, () => () => thenable(loud)],
]

function raise(thrown) {
  throw thrown
}

function twice(act) {
  act()
  act()
}

function pushes(stream, ...chunks) {
  for (const chunk of chunks) stream.push(chunk)
}

/** Does something before any guest has begun, and after it was asked for. */
function soon(stream, act) {
  process.nextTick(act, stream)
  return stream
}

function corked(stream) {
  stream.cork()
  return stream
}

function throwsAt(number) {
  let count = 0
  return takes((_chunk, _encoding, done) => (++count === number ? loud() : done()))
}

function emits(count) {
  return function () {
    for (let each = 0; each < count; each++) this.emit('error', failure())
  }
}

function emitsLater() {
  for (let turn = 1; turn <= 3; turn++) setTimeout(() => this.emit('error', failure()), turn)
}

/** A Readable that gives a text, and then does something. */
function gives(text, then) {
  let hasGiven = false
  return new Readable({
    read() {
      if (hasGiven) return
      hasGiven = true
      this.push(text)
      setImmediate(then, this)
    },
  })
}

/** A Duplex that gives five bytes, and then does something, by itself unless it was told what. */
function duplex(methods, then = () => {}) {
  let hasGiven = false
  return new Duplex({
    read() {
      if (hasGiven) return
      hasGiven = true
      this.push(methods.objectMode ? Buffer.from('hello') : 'hello')
      setImmediate(then, this)
    },
    write: fine,
    ...methods,
  })
}

function passing() {
  const stream = new PassThrough()
  stream.end('hello')
  return stream
}
