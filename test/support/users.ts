import fs from 'node:fs'
import path from 'node:path'

/** The user `nobody`, and a user that no system gives to a person. */
export const OTHER_USER = 65534

/** Whether this process may give files to other users. */
export const isRoot = process.geteuid?.() === 0

/** Prints the reason for which rows are left out that need another user. */
export function sayIfNotRoot(rows: string): void {
  if (!isRoot) console.log(`skipped: ${rows}, since only root can give files to another user`)
}

/** Gives a folder and all below it to another user. */
export function giveAway(folder: string): void {
  fs.lchownSync(folder, OTHER_USER, OTHER_USER)
  if (!fs.lstatSync(folder).isDirectory()) return
  for (const name of fs.readdirSync(folder)) giveAway(path.join(folder, name))
}
