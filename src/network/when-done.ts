/** An answer, or a promise of one. What need not wait is not made a promise: that would cost more than most answers. */
export type MaybePromise<T> = T | Promise<T>

/** Does `then` with an answer, at once where it is there. */
export function whenDone<T, R>(answer: MaybePromise<T>, then: (answer: T) => MaybePromise<R>): MaybePromise<R> {
  return answer instanceof Promise ? answer.then(then) : then(answer)
}

/** Does the same again until it answers something. */
export function untilAnswered<T>(attempt: () => MaybePromise<T | undefined>): MaybePromise<T> {
  for (;;) {
    const answer = attempt()
    if (answer instanceof Promise) return goOn(answer, attempt)
    if (answer !== undefined) return answer
  }
}

async function goOn<T>(first: Promise<T | undefined>, attempt: () => MaybePromise<T | undefined>): Promise<T> {
  let answer = await first
  while (answer === undefined) answer = await attempt()
  return answer
}
