// As guests/first_call.c.
import { connectedTo, numbers } from './measure.mjs'

const [port] = numbers
const socket = await connectedTo(port)
socket.destroy()
