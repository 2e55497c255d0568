/** Where the worker files lie: beside the file that this one is bundled into. */
export const workerFiles = {
  helper: new URL('./helper.js', import.meta.url),
  guest: new URL('./guest.js', import.meta.url),
}
