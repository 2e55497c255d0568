/** The most characters of a text that a message repeats. */
const MOST = 80

/** Describes a value in a message. Never throws, and returns printable ASCII only. */
export function shown(value: unknown): string {
  try {
    return described(value).replace(/[^\x20-\x7e]/g, escaped)
  } catch {
    return 'an object that cannot be read'
  }
}

function described(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > MOST ? `${value.slice(0, MOST)}...` : value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return 'a list'
  if (value instanceof URL) return value.href.slice(0, MOST)
  const name: unknown = value.constructor?.name
  if (typeof name !== 'string' || name === '' || name === 'Object') return 'an object'
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name.slice(0, MOST)}`
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
}
