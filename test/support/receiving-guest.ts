/** Lengths below 128 are one byte in LEB128. */
const sized = (bytes: readonly number[]) => [bytes.length, ...bytes]
const text = (of: string) => sized([...Buffer.from(of)])
const list = (...items: readonly (readonly number[])[]) => [items.length, ...items.flat()]
const section = (id: number, content: readonly number[]) => [id, ...sized(content)]
const I32 = 0x7f
const [GET, CALL, GROW, END] = [0x20, 0x10, 0x40, 0x0b]

/**
 * A guest to be called: `receive(fd, at, length, flags)` is recv(2), `grow(pages)` makes its memory larger. It has no stack of its own, so
 * its functions may be called while others wait. Its memory has no maximum, unless one is given.
 */
export function receivingGuest(maximum?: number): Uint8Array<ArrayBuffer> {
  const four = [I32, I32, I32, I32]
  return Uint8Array.from([
    ...Buffer.from('\0asm'),
    ...[1, 0, 0, 0],
    ...section(1, list([0x60, ...sized(four), 1, I32], [0x60, 1, I32, 1, I32])),
    ...section(2, list([...text('posix_sockets'), ...text('recv'), 0, 0])),
    ...section(3, list([0], [1])),
    ...section(5, list(maximum === undefined ? [0, 1] : [1, 1, maximum])),
    ...section(7, list([...text('memory'), 2, 0], [...text('receive'), 0, 1], [...text('grow'), 0, 2])),
    ...section(
      10,
      list(sized([0, ...four.flatMap((_, index) => [GET, index]), CALL, 0, END]), sized([0, GET, 0, GROW, 0, END])),
    ),
  ])
}
