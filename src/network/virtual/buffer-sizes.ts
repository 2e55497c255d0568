/** The most bytes that a socket of a network in memory takes before they are under way. */
export const OUT_BYTES = 256 * 1024
/** The most bytes on their way to a socket, and received and not read there. */
export const IN_BYTES = 512 * 1024
