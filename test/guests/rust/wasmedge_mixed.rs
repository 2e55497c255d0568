//! Speaks WasmEdge's sockets as its Rust crate does, which mixes the versions: sock_accept and sock_getlocaladdr of version 1,
//! sock_recv_from of version 2. Echoes one connection, and then one datagram.

#[link(wasm_import_module = "wasi_snapshot_preview1")]
extern "C" {
    fn sock_open(family: u32, kind: u32, fd: *mut u32) -> u32;
    fn sock_bind(fd: u32, address: *const Address, port: u32) -> u32;
    fn sock_listen(fd: u32, backlog: u32) -> u32;
    fn sock_accept(fd: u32, accepted: *mut u32) -> u32;
    fn sock_getlocaladdr(fd: u32, address: *mut Address, kind: *mut u32, port: *mut u32) -> u32;
    fn sock_recv(fd: u32, buffers: *const Buffer, count: u32, flags: u32, received: *mut u32, roflags: *mut u32) -> u32;
    fn sock_send(fd: u32, buffers: *const Buffer, count: u32, flags: u32, sent: *mut u32) -> u32;
    fn sock_shutdown(fd: u32, how: u32) -> u32;
    fn sock_recv_from(
        fd: u32,
        buffers: *const Buffer,
        count: u32,
        from: *mut Address,
        flags: u32,
        port: *mut u32,
        received: *mut u32,
        roflags: *mut u32,
    ) -> u32;
    fn sock_send_to(
        fd: u32,
        buffers: *const Buffer,
        count: u32,
        to: *const Address,
        port: u32,
        flags: u32,
        sent: *mut u32,
    ) -> u32;
}

const INET4: u32 = 1;
const DATAGRAM: u32 = 1;
const STREAM: u32 = 2;
const SHUTDOWN_WRITE: u32 = 2;

/// Where the bytes of an address are: 4 or 16 of them, or 128 for a family and then those.
#[repr(C)]
struct Address {
    bytes: *mut u8,
    size: u32,
}

#[repr(C)]
struct Buffer {
    bytes: *mut u8,
    size: u32,
}

fn well(what: &str, error: u32) {
    if error != 0 {
        println!("{} failed with {}", what, error);
        std::process::exit(1);
    }
}

fn bound(kind: u32) -> (u32, u32) {
    let mut loopback = [127u8, 0, 0, 1];
    let (mut fd, mut found, mut port) = (0, 0, 0);
    let mut bytes = [0u8; 16];
    let address = Address { bytes: loopback.as_mut_ptr(), size: 4 };
    let mut local = Address { bytes: bytes.as_mut_ptr(), size: 16 };
    unsafe {
        well("sock_open", sock_open(INET4, kind, &mut fd));
        well("sock_bind", sock_bind(fd, &address, 0));
        if kind == STREAM {
            well("sock_listen", sock_listen(fd, 8));
        }
        well("sock_getlocaladdr", sock_getlocaladdr(fd, &mut local, &mut found, &mut port));
    }
    println!("port {} of {}.{}.{}.{}, type {}", port, bytes[0], bytes[1], bytes[2], bytes[3], found);
    (fd, port)
}

fn main() {
    let mut bytes = [0u8; 1000];
    let (mut length, mut flags, mut port) = (0, 0, 0);
    unsafe {
        let mut connection = 0;
        let (listener, _) = bound(STREAM);
        well("sock_accept", sock_accept(listener, &mut connection));
        loop {
            let into = Buffer { bytes: bytes.as_mut_ptr(), size: 1000 };
            well("sock_recv", sock_recv(connection, &into, 1, 0, &mut length, &mut flags));
            if length == 0 {
                break;
            }
            let from = Buffer { bytes: bytes.as_mut_ptr(), size: length };
            well("sock_send", sock_send(connection, &from, 1, 0, &mut length));
        }

        well("sock_shutdown", sock_shutdown(connection, SHUTDOWN_WRITE));
        let (socket, _) = bound(DATAGRAM);
        let mut storage = [0u8; 128];
        let mut from = Address { bytes: storage.as_mut_ptr(), size: 128 };
        let into = Buffer { bytes: bytes.as_mut_ptr(), size: 1000 };
        well(
            "sock_recv_from",
            sock_recv_from(socket, &into, 1, &mut from, 0, &mut port, &mut length, &mut flags),
        );
        println!("{} bytes from {}.{}.{}.{}", length, storage[2], storage[3], storage[4], storage[5]);
        let back = Buffer { bytes: bytes.as_mut_ptr(), size: length };
        let to = Address { bytes: storage[2..].as_mut_ptr(), size: 4 };
        well("sock_send_to", sock_send_to(socket, &back, 1, &to, port, 0, &mut length));
    }
}
