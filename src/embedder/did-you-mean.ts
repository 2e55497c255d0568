/** The largest number of edits between a written name and the meant one: a few letters, or an ending such as `Ms`. */
const MOST_EDITS = 2

/** Returns the name that was probably meant, or undefined if none is close. Ignores case. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, edits: editsBetween(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= MOST_EDITS && edits < name.length - 1)
    .sort((one, other) => one.edits - other.edits)
  return ranked[0]?.name
}

/** Returns the end of a sentence about a name that does not exist: the one that was meant, or all there are. */
export function didYouMean(written: string, names: readonly string[]): string {
  const meant = nearest(written, names)
  return meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`
}

/** The longest name that is compared. */
const MOST_LETTERS = 64

/** Returns the number of letters to insert, remove or change. */
function editsBetween(one: string, other: string): number {
  if (one.length > MOST_LETTERS) return Number.POSITIVE_INFINITY
  let before = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [row, letter] of [...one].entries()) {
    const now = [row + 1]
    for (const [column, wanted] of [...other].entries()) {
      const changed = (before[column] as number) + (letter === wanted ? 0 : 1)
      now.push(Math.min(changed, (before[column + 1] as number) + 1, (now[column] as number) + 1))
    }
    before = now
  }
  return before[other.length] as number
}
