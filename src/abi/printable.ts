/** The most characters that are shown of a name. */
const MOST = 120

/** A name that a module has chosen, for a message: without what moves the cursor or begins a line, and not endless. */
export function printable(name: string): string {
  const short = name.length > MOST ? `${name.slice(0, MOST)}…` : name
  return short.replace(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}
