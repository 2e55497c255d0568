import { type ImportEntry, importsIn, readTag } from './import-section.js'
import { Reader } from './reader.js'
import { contentOf, type Section } from './sections.js'

/** The types of a module's functions, by the functions' numbers: those that are imported come first. Throws `Unreadable`. */
export function functionTypesIn(sections: readonly Section[]): number[] {
  return [...imported(sections, 'function'), ...itemsOf(contentOf(sections, 'functions'), (from) => from.number())]
}

/** The types of its tags, by the tags' numbers. Throws `Unreadable`. */
export function tagTypesIn(sections: readonly Section[]): number[] {
  return [...imported(sections, 'tag'), ...itemsOf(contentOf(sections, 'tags'), readTag)]
}

function imported(sections: readonly Section[], kind: 'function' | 'tag'): number[] {
  const isMeant = (each: ImportEntry) => each.kind === kind
  return importsIn(sections).flatMap((each) => (isMeant(each) && 'type' in each ? [each.type] : []))
}

function itemsOf(content: Uint8Array, read: (from: Reader) => number): number[] {
  const from = new Reader(content)
  return content.length === 0 ? [] : from.list(() => read(from))
}
