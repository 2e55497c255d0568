/* The first file of a thread of the command's: loads the thread's own, as it was compiled before. Arguments: the file, the folder, the use. */
import { loadKept } from './kept-code.js'

const [, , file = '', folder = '', use = ''] = process.argv
await loadKept(new URL(file), { folder, use })
