/** The most characters that are shown of a name. */
const MOST = 120
/**
 * What a terminal obeys, or what changes how a line is read: control characters of both kinds, DEL, formatting such as the direction
 * of text, ends of lines and paragraphs, lone surrogates, and what is not assigned.
 */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu

/**
 * A text that a guest, a module, a peer or a file has chosen, as one line that a terminal only shows: `\u{1b}` for an escape. A text that
 * was made so stays the same.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${codeOf(character)}}`)
}

/** The same for a name, which is cut off after 120 characters. */
export function printableName(name: string): string {
  return printable(name.length > MOST ? `${name.slice(0, MOST)}…` : name)
}

/** Some of a list of names, and how many more there are. */
export function printableNames(names: readonly string[], most = 8): string {
  const shown = names.slice(0, most).map(printableName).join(', ')
  return names.length > most ? `${shown}, and ${names.length - most} more` : shown
}

/** A value as JSON that a terminal only shows, of the same meaning. */
export function printableJson(value: unknown, space?: number): string {
  return inJson(JSON.stringify(value, undefined, space) ?? 'null')
}

/** A text in quotes, as JSON has it: `"a\u001bb"`. */
export function quoted(text: string): string {
  return inJson(JSON.stringify(text))
}

/** The same as a text of ASCII, in which no letter looks like another: `b\u00fccher`. */
export function printableAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, escaped)
}

/** JSON has no control characters but the ends of its own lines. */
function inJson(json: string): string {
  return json.replace(UNSAFE, (character) => (character === '\n' ? character : escaped(character)))
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16)
}
