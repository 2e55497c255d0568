// A guest that is blocked in accept, over a helper that another thread has started: posts the errno that accept fails with.
import { parentPort, workerData } from 'node:worker_threads'

const { bundle, bell, helper, patienceMs } = workerData
const { Bridge, SocketShim, machineBridge, machineWorld } = await import(bundle)
const world = machineWorld()
const bridge = new Bridge({ ...machineBridge(world, 'guest'), patienceMs }, { bell, helper })
const sockets = new SocketShim({ network: bridge, world })
const fd = sockets.socket({ family: 'inet', type: 'stream', nonBlocking: false })
sockets.run(sockets.bind(fd, { family: 'inet', host: '127.0.0.1', port: 0 }))
sockets.run(sockets.listen(fd, 5))
parentPort.postMessage({ listening: sockets.getsockname(fd).port })
const begun = performance.now()
try {
  sockets.run(sockets.accept(fd, { nonBlocking: false }))
  parentPort.postMessage({ errno: 'none' })
} catch (error) {
  parentPort.postMessage({ errno: error.errno ?? String(error), afterMs: performance.now() - begun })
}
