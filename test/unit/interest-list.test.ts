import { expect, test } from 'vitest'
import { InterestList } from '../../src/posix-sockets/interest-list.js'

const interest = (tag: number, events = 1) => ({ handle: tag + 100, events, tag })

/** A list with the interests of these tags. */
function listOf(...tags: number[]) {
  const list = new InterestList()
  for (const tag of tags) list.put(interest(tag))
  return list
}

const tagsOf = (list: InterestList) => list.all.map(({ tag }) => tag)

test('gives the same array until there is a change', () => {
  const list = listOf(1, 2)
  const before = list.all
  expect(list.all).toBe(before)
  list.remove(3) // is not in it
  expect(list.all).toBe(before)
  list.put(interest(3))
  expect(before).toHaveLength(2)
  expect(tagsOf(list)).toEqual([1, 2, 3])
})

test('a change leaves all others at their places', () => {
  const list = listOf(1, 2, 3)
  const [one, , three] = list.all
  list.put(interest(2, 4))
  expect(list.all).toEqual([one, interest(2, 4), three])
  expect(list.all[0]).toBe(one)
  expect(list.all[2]).toBe(three)
})

test.each([
  ['the first', 1, [4, 2, 3]],
  ['one between', 2, [1, 4, 3]],
  ['the last', 4, [1, 2, 3]],
])('the last takes the place of what is removed: %s', (_, tag, left) => {
  const list = listOf(1, 2, 3, 4)
  list.remove(tag)
  expect(tagsOf(list)).toEqual(left)
  for (const each of left) list.remove(each)
  expect(list.all).toEqual([])
})
