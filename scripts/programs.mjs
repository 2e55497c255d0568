// `make programs`: programs that nobody here wrote, from their Debian sources without a patch, into build/programs/NAME with a log
// beside it. `node scripts/programs.mjs NAME …` builds those alone. What each needed and does is told in docs/programs.md.
import { createHash } from 'node:crypto'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { debianSource, SourceError } from './debian-source.mjs'
import { buildEnvironment, PortError, requirePrograms, step, tools } from './port.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const programs = join(root, 'build/programs')

/** The modules of lighttpd that a static build links, as its documentation wants them listed. */
const lighttpdModules = [
  ...['access', 'accesslog', 'alias', 'auth', 'authn_file', 'deflate', 'dirlisting', 'evhost', 'expire', 'extforward'],
  ...['fastcgi', 'indexfile', 'proxy', 'redirect', 'rewrite', 'scgi', 'setenv', 'simple_vhost', 'sockproxy', 'ssi'],
  ...['staticfile', 'status', 'userdir'],
].map((name) => `PLUGIN_INIT(mod_${name})`)

/**
 * Each: the source package, as Debian builds it or as released (`patched`); what must be installed; and the commands, which run in a
 * copy of the source. CC, AR and RANLIB are those of `posix-wasm`.
 */
const entries = {
  netcat: {
    source: 'netcat',
    needs: { gcc: 'gcc' },
    build: `
      FLAGS='-DLINUX -DTELNET -DIP_TOS -DDEBIAN_VERSION=\\"1.10\\" -include time.h'
      make linux CC=gcc STATIC= DFLAGS="$FLAGS" && mv nc nc.native
      make linux CC="$CC" STATIC= DFLAGS="$FLAGS"`,
  },
  hiredis: {
    source: 'hiredis',
    build: 'make static hiredis-test CC="$CC" AR="$AR"',
  },
  mbedtls: {
    source: 'mbedtls',
    build: `
      make -j2 -C library CC="$CC" AR="$AR" RANLIB="$RANLIB"
      make -j2 -C programs CC="$CC" AR="$AR" ssl/ssl_client2 ssl/ssl_server2 test/selftest`,
  },
  lighttpd: {
    source: 'lighttpd',
    patched: false,
    build: `
      mkdir with-poll with-select modules
      echo '${lighttpdModules.join(' ')}' > modules/plugin-static.h
      export LIGHTTPD_STATIC=yes CPPFLAGS="-I$PWD/modules"
      OPTIONS='--disable-shared --enable-static --without-pcre2 --without-zlib --without-bzip2'
      (cd with-poll && ../configure $OPTIONS && make -j2)
      (cd with-select && ../configure $OPTIONS ac_cv_func_poll=no ac_cv_func_epoll_ctl=no && make -j2)`,
  },
  jimtcl: {
    source: 'jimtcl',
    needs: { gcc: 'gcc' },
    build: `
      ./make-bootstrap-jim > autosetup/jimsh0.c
      mkdir bin && export PATH="$PWD/bin:$PATH"
      for tool in ar ranlib; do
        printf '#!/bin/sh\\nexec posix-wasm %s "$@"\\n' $tool > bin/wasm-$tool && chmod +x bin/wasm-$tool
      done
      AR=wasm-ar RANLIB=wasm-ranlib ./configure --ipv6 --math --utf8
      make -j2`,
  },
  ldns: {
    source: 'ldns',
    patched: false,
    build: `
      ./configure --with-drill --disable-shared --without-ssl --enable-dane=no --disable-sha2 --disable-ecdsa \\
        --disable-dsa --disable-gost --disable-ed25519 --disable-ed448
      make -j2`,
  },
  libevent: {
    source: 'libevent',
    patched: false,
    build: './configure --disable-shared --disable-openssl --disable-thread-support && make -j2',
  },
  'c-ares': {
    source: 'c-ares',
    patched: false,
    build: './configure --disable-shared --disable-tests && make -j2',
  },
  mosquitto: {
    source: 'mosquitto',
    build: `
      OPTIONS='WITH_TLS=no WITH_CJSON=no WITH_DOCS=no WITH_SYSTEMD=no WITH_SHARED_LIBRARIES=no WITH_STATIC_LIBRARIES=yes'
      make -j2 -C lib $OPTIONS
      make -j2 -C src mosquitto $OPTIONS
      make -j2 -C client static_pub static_sub $OPTIONS`,
  },
  nginx: {
    source: 'nginx',
    patched: false,
    build: `
      ./configure --with-select_module --with-poll_module --without-http_rewrite_module --without-http_gzip_module
      make -j2`,
  },
}

/** The copy of the source with the program in it: built before, unless the entry, the libc layer or the compiler's driver changed. */
async function build(name, env) {
  const { source, patched = true, needs = {}, build: commands } = entries[name]
  const folder = join(programs, name)
  const marker = join(folder, '.built')
  const state = await stateOf(entries[name])
  if ((await readFile(marker, 'utf8').catch(() => '')) === state) return console.log(`${name} is up to date`)
  requirePrograms({ make: 'make', 'dpkg-source': 'dpkg-dev', ...needs })
  const original = await debianSource(source, { patched })
  await rm(folder, { recursive: true, force: true })
  await cp(original, folder, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
  await step(name, { command: ['sh', '-ec', commands], cwd: folder, env, log: `${folder}.log` })
  await writeFile(marker, state)
}

async function main(names) {
  const unknown = names.filter((name) => !(name in entries))
  if (unknown.length > 0) throw new PortError(`there is no ${unknown.join(', ')}: ${Object.keys(entries).join(', ')}`)
  const env = { ...(await buildEnvironment()), ...tools }
  for (const name of names.length > 0 ? names : Object.keys(entries))
    await build(name, env).catch((error) => {
      if (!(error instanceof PortError || error instanceof SourceError)) throw error
      console.error(`${name}: ${error.message}`)
      process.exitCode = 1
    })
}

async function stateOf(entry) {
  const hash = createHash('sha256').update(JSON.stringify(entry))
  for (const folder of ['c/libc', 'src/toolchain'])
    for (const file of await readdir(join(root, folder), { withFileTypes: true, recursive: true }))
      if (file.isFile()) hash.update(await readFile(join(file.parentPath ?? file.path, file.name)))
  return hash.digest('hex')
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof PortError)) throw error
  console.error(`make programs: ${error.message}`)
  process.exitCode = 1
}
