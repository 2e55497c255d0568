/* An assembler of WebAssembly modules, section by section, whether they are valid or not. */

/** A number in LEB128 without a sign. */
export function leb(value) {
  const bytes = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  return Buffer.from([...bytes, rest])
}

/** Bytes and lists of bytes, one behind the other. */
export function bytes(...parts) {
  return Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : Buffer.from(part))))
}

/** The same bytes so often. */
export function times(count, part) {
  const one = Buffer.from(part)
  const all = Buffer.alloc(one.length * count)
  if (one.length > 0) all.fill(one)
  return all
}

/** A list of items, with their number before it. */
export const list = (...items) => bytes(leb(items.length), ...items)
/** The same of one item, so often. */
export const repeated = (count, item) => bytes(leb(count), times(count, item))
/** Bytes with their length before them. */
export const sized = (...parts) => {
  const content = bytes(...parts)
  return bytes(leb(content.length), content)
}
export const text = (of) => sized(Buffer.from(of))
export const section = (id, ...content) => bytes([id], sized(...content))
export const custom = (name, ...content) => section(0, text(name), ...content)
/** A function's body: its groups of locals, and its code. */
export const body = (code, locals = [0]) => sized(locals, code)
export const header = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
export const module = (...sections) => new Uint8Array(bytes(header, ...sections))

export const NOTHING_TO_NOTHING = [0x60, 0, 0]
export const END = [0x0b]
/** Of functions of one type: that many parameters and results of 64 bits. */
export const functionType = (parameters, results) =>
  bytes([0x60], repeated(parameters, [0x7e]), repeated(results, [0x7e]))
/** An import, of a kind and what follows it. */
export const imported = (module, name, ...kind) => bytes(text(module), text(name), ...kind)
export const exported = (name, kind, index) => bytes(text(name), [kind], leb(index))

/**
 * A program of one function, `_start`, and a page of memory, of which each section can be replaced by its content: `types`, `imports`,
 * `functions`, `tables`, `memories`, `tags`, `globals`, `exports`, `start`, `elements`, `dataCount`, `code`, `data`. An own section is
 * added by `rest`.
 */
export function program({ rest = [], ...given } = {}) {
  const importedFunctions = given.importedFunctions ?? 0
  const contents = {
    types: list(NOTHING_TO_NOTHING),
    functions: [1, 0],
    memories: [1, 0, 1],
    exports: list(exported('_start', 0, importedFunctions), exported('memory', 2, 0)),
    code: list(body(END)),
    ...given,
  }
  const order = [
    ...[
      ['types', 1],
      ['imports', 2],
      ['functions', 3],
      ['tables', 4],
      ['memories', 5],
      ['tags', 13],
      ['globals', 6],
    ],
    ...[
      ['exports', 7],
      ['start', 8],
      ['elements', 9],
      ['dataCount', 12],
      ['code', 10],
      ['data', 11],
    ],
  ]
  const sections = order.flatMap(([name, id]) => (contents[name] === undefined ? [] : [section(id, contents[name])]))
  return module(...sections, ...rest)
}
