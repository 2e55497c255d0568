/** The most that a name may differ from what was meant: a few letters, or an ending such as `Ms`. */
const MOST_EDITS = 2

/** Which of some names was probably meant; undefined where none is near. Capitals count for nothing. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, edits: editsBetween(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= MOST_EDITS && edits < name.length - 1)
    .sort((one, other) => one.edits - other.edits)
  return ranked[0]?.name
}

/** How many letters have to be put in, left out or changed. */
function editsBetween(one: string, other: string): number {
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
