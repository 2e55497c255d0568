/** Magic number and version. */
const HEADER_BYTES = 8

/** Returns the contents of a module's first section of that number; undefined where there is none, or the file is no module. */
export function wasmSection(module: Buffer, wanted: number): Buffer | undefined {
  if (module.toString('latin1', 0, 4) !== '\0asm') return undefined
  for (let at = HEADER_BYTES; at < module.length; ) {
    const id = module[at]
    const { value: length, end } = leb128(module, at + 1)
    if (id === wanted) return module.subarray(end, end + length)
    at = end + length
  }
  return undefined
}

/** Reads an unsigned number of at most 32 bits. */
function leb128(bytes: Buffer, from: number): { value: number; end: number } {
  let value = 0
  for (let at = from, factor = 1; ; at++, factor *= 0x80) {
    const byte = bytes[at] ?? 0
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return { value, end: at + 1 }
  }
}
