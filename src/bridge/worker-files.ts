/** Where the worker files lie: beside the file that this one is bundled into. */
export const workerFiles = {
  helper: new URL('./helper.js', import.meta.url),
  guest: new URL('./guest.js', import.meta.url),
}

/**
 * How much the young objects of a thread may take before they are looked through. Node's own measure, 48 MiB, is filled by ten thousand
 * connections that are made once, and kept.
 */
export const threadLimits = { maxYoungGenerationSizeMb: 12 }
