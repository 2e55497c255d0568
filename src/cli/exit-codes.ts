/** What the command itself ends with; anything else is the guest's. The numbers are those of timeout(1), env(1) and the shell. */
export const exitCodes = {
  diverged: 123,
  timeout: 124,
  usage: 125,
  notRunnable: 126,
  notFound: 127,
  trap: 134,
} as const
