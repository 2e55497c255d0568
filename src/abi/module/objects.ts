import { tagTypesIn } from './function-index.js'
import type { Section } from './sections.js'
import { typesIn } from './type-section.js'

/**
 * Whether a module can make as many objects as it likes in the heap of the engine, which no memory of its own bounds: structures and
 * arrays, or exceptions that carry exceptions. Throws `Unreadable`.
 */
export function keepsObjects(sections: readonly Section[]): boolean {
  const types = typesIn(sections)
  if (types.some(({ is }) => is !== 'function')) return true
  return (
    types.some(({ takesException }) => takesException) &&
    tagTypesIn(sections).some((type) => types[type]?.takesException)
  )
}
