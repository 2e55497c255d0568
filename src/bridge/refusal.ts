/** Whether the local socket at a path refuses connections: its file has outlived the listener. One that listens sees a client that says nothing. */
export async function refusesConnections(path: string): Promise<boolean> {
  const net = await import('node:net')
  return new Promise((resolve) => {
    const socket = net.connect(path, () => resolve(false))
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'))
    // Unread bytes would reset the connection at its close, an error in the server.
    socket.resume().end().unref()
  })
}
