// Speaks WAMR's sockets from AssemblyScript: says its port, echoes one connection until its end, and exits.

@external("wasi_snapshot_preview1", "sock_open")
declare function sock_open(pool: i32, family: i32, type: i32, fd: usize): i32;
@external("wasi_snapshot_preview1", "sock_bind")
declare function sock_bind(fd: i32, address: usize): i32;
@external("wasi_snapshot_preview1", "sock_listen")
declare function sock_listen(fd: i32, backlog: i32): i32;
@external("wasi_snapshot_preview1", "sock_addr_local")
declare function sock_addr_local(fd: i32, address: usize): i32;
@external("wasi_snapshot_preview1", "sock_accept")
declare function sock_accept(fd: i32, flags: i32, accepted: usize): i32;
@external("wasi_snapshot_preview1", "sock_recv")
declare function sock_recv(fd: i32, buffers: usize, count: i32, flags: i32, received: usize, roflags: usize): i32;
@external("wasi_snapshot_preview1", "sock_send")
declare function sock_send(fd: i32, buffers: usize, count: i32, flags: i32, sent: usize): i32;
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, buffers: usize, count: i32, written: usize): i32;
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: i32): void;

const STREAM = 1;
const IPV4 = 0;
/** kind u32, 4 bytes, port u16 in host order, up to 24 bytes. */
const address = memory.data(24, 4);
const result = memory.data(4, 4);
const flags = memory.data(4, 4);
const buffer = memory.data(8, 4);
const bytes = memory.data(4096);

/** One buffer of so many bytes. */
function over(start: usize, length: u32): usize {
  store<u32>(buffer, <u32>start);
  store<u32>(buffer, length, 4);
  return buffer;
}

function well(error: i32): void {
  if (error != 0) proc_exit(error);
}

function say(text: string): void {
  const utf8 = String.UTF8.encode(text);
  well(fd_write(1, over(changetype<usize>(utf8), utf8.byteLength), 1, result));
}

export function _start(): void {
  well(sock_open(-1, IPV4, STREAM, result));
  const listener = load<i32>(result);
  store<u32>(address, 0x0100007f, 4); // 127.0.0.1
  well(sock_bind(listener, address));
  well(sock_listen(listener, 8));
  well(sock_addr_local(listener, address));
  say("port " + load<u16>(address, 8).toString() + "\n");
  well(sock_accept(listener, 0, result));
  const connection = load<i32>(result);
  for (;;) {
    well(sock_recv(connection, over(bytes, 4096), 1, 0, result, flags));
    const length = load<u32>(result);
    if (length == 0) break;
    well(sock_send(connection, over(bytes, length), 1, 0, result));
  }
  say("over\n");
  proc_exit(0);
}
