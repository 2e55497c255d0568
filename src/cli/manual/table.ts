import { exitCodes } from '../exit-codes.js'

/* The texts of the help, the manual page and the completions. A test compares them with the options that are parsed. */

/** How the value of an option, or an argument, is completed: with files, files of one ending, folders, or words. */
export type Values = 'file' | '.wasm' | 'folder' | readonly string[]

export interface OptionRow {
  /** `--dir`, or `-h, --help`. */
  readonly names: string
  /** The name of the value, as `<file>`. */
  readonly value?: string
  readonly text: string
  readonly values?: Values
}

export interface OptionGroup {
  readonly title: string
  readonly rows: readonly OptionRow[]
}

export interface CommandRow {
  readonly name: string
  readonly usage: string
  readonly text: string
  /** The words that can follow the name, and the options. */
  readonly words?: readonly string[]
  readonly options?: readonly OptionRow[]
  readonly values?: Values
}

export const SHORT = 'Runs a WebAssembly program with POSIX sockets.'

/** The ways to call it, shown first. */
export const usages = ['posix-wasm [options] <module> [arguments...]', 'posix-wasm <command> [arguments...]'] as const

export const examples = [
  ['posix-wasm cc server.c -o server.wasm', 'compile a program'],
  ['posix-wasm server.wasm 8080', 'run it'],
  ['posix-wasm --trace --timeout 10 server.wasm 8080', 'print its calls, and stop it after 10 seconds'],
  ['posix-wasm --allow-net listen:127.0.0.1:8080 server.wasm 8080', 'allow it this address, and no other'],
  ['posix-wasm --learn-rules client.wasm', 'print the rules that it needs'],
] as const

const buildTools = [
  ['cc', 'compile and link a C program, with the options of clang'],
  ['c++', 'compile and link a C++ program'],
  ['ar', 'make an archive'],
  ['ranlib', 'index an archive'],
  ['nm', 'list the symbols of objects'],
  ['strip', 'remove symbols'],
  ['objdump', 'show objects'],
  ['objcopy', 'copy and change objects'],
  ['size', 'print the sizes of sections'],
] as const

export const shells = ['bash', 'zsh', 'fish'] as const

export const commands: readonly CommandRow[] = [
  { name: 'run', usage: 'run [options] <module>', text: 'run a module; the word can be left out', values: '.wasm' },
  ...buildTools.map(([name, text]): CommandRow => ({ name, usage: name, text, values: 'file' })),
  { name: 'cmake-toolchain', usage: 'cmake-toolchain', text: 'print the path of a toolchain file for CMake' },
  {
    name: 'inspect',
    usage: 'inspect [--json] <module>',
    text: 'list the imports of a module, and which of them are provided',
    options: [{ names: '--json', text: 'print JSON' }],
    values: '.wasm',
  },
  {
    name: 'recording',
    usage: 'recording show [--all] <file>',
    text: 'print a recording as a trace',
    words: ['show'],
    options: [{ names: '--all', text: 'print all that was recorded' }],
    values: 'file',
  },
  {
    name: 'completion',
    usage: `completion ${shells.join('|')}`,
    text: 'print the completions for a shell',
    words: shells,
  },
  { name: 'help', usage: 'help [command]', text: 'print this help, or that of a command' },
  { name: 'version', usage: 'version [-v]', text: 'print the version; with -v also the modes and why one is taken' },
]

/** The groups of options. Names of limits come from the caller, since they are the library's. */
export function optionGroups(limits: readonly string[], modes: readonly string[]): readonly OptionGroup[] {
  return [
    {
      title: 'What the program is given',
      rows: [
        { names: '--env', value: '<name=value>', text: 'set a variable of its environment; may be repeated' },
        {
          names: '--dir',
          value: '<host[::guest[:ro]]>',
          text: 'grant a directory, with :ro for reading only; may be repeated',
          values: 'folder',
        },
        { names: '--ambient', text: 'grant all files, the working directory and the environment' },
        {
          names: '--listen',
          value: '<address>',
          text: 'pass it a listening socket at HOST:PORT or unix:PATH; may be repeated',
        },
        { names: '--connect', value: '<address>', text: 'pass it a connection to such an address; may be repeated' },
        { names: '--descriptors', value: '<number>', text: 'how many descriptors it can have; 1024 by default' },
        {
          names: '--limit',
          value: '<name=number>',
          text: `limit it, such as memory=64M; may be repeated. Names: ${limits.join(', ')}`,
          values: limits.map((name) => `${name}=`),
        },
      ],
    },
    {
      title: 'What it may reach',
      rows: [
        {
          names: '--allow-net',
          value: '<rule>',
          text: 'allow this and nothing else, such as connect:*.example.com:443; may be repeated',
        },
        { names: '--deny-net', value: '<rule>', text: 'deny this, even if another rule allows it; may be repeated' },
        {
          names: '--rules',
          value: '<file>',
          text: 'read such rules from a file, each line "allow RULE" or "deny RULE"; may be repeated',
          values: 'file',
        },
        { names: '--learn-rules', text: 'allow all that is not denied, and print at the end the rules for it' },
      ],
    },
    {
      title: 'How it runs',
      rows: [
        { names: '--timeout', value: '<seconds>', text: 'stop it after this time' },
        {
          names: '--invoke',
          value: '<function>',
          text: 'call an exported function with numbers, and print its result',
        },
        {
          names: '--mode',
          value: '<mode>',
          text: `how it waits: ${modes.join(', ')}. Default: POSIX_WASM_MODE of the environment, or auto`,
          values: modes,
        },
      ],
    },
    {
      title: 'What is printed of it',
      rows: [
        { names: '--trace', text: 'print each socket call on standard error, as strace does' },
        { names: '--trace=json', text: 'print each as a line of JSON' },
        { names: '--trace=summary', text: 'print at the end how often each was called and how long it took' },
        { names: '--stats', text: 'print a table of its network use at the end, and at each SIGUSR2' },
        { names: '--stats-every', value: '<seconds>', text: 'print that table after each such interval too' },
      ],
    },
    {
      title: 'Recording and replay',
      rows: [
        { names: '--record', value: '<file>', text: 'write all its input to a file', values: 'file' },
        { names: '--force', text: 'write over a file that exists' },
        {
          names: '--replay',
          value: '<file>',
          text: 'run it on such a file, without a network; with the recorded arguments, unless some are given',
          values: 'file',
        },
        { names: '--rebuilt', text: 'replay another build of the module, up to the first call that differs' },
        { names: '--cut-off', text: 'replay a recording without an end too' },
      ],
    },
    {
      title: 'TLS, if the program leaves it to the host',
      rows: [
        {
          names: '--tls-ca',
          value: '<file>',
          text: 'trust the authorities in this file (PEM) too; may be repeated',
          values: 'file',
        },
        { names: '--tls-cert', value: '<file>', text: 'the certificate (PEM) to show', values: 'file' },
        { names: '--tls-key', value: '<file>', text: 'the key (PEM) of that certificate', values: 'file' },
        { names: '--tls-demand-cert', text: 'as a server, demand certificates of clients, signed by --tls-ca' },
        { names: '--tls-alpn', value: '<names>', text: 'protocols for ALPN, the best first, such as h2,http/1.1' },
        { names: '--tls-insecure', text: 'do not verify the certificates of its peers' },
      ],
    },
    {
      title: 'About posix-wasm',
      rows: [
        { names: '-h, --help', text: 'print this help' },
        { names: '-V, --version', text: 'print the version; with -v also the modes' },
      ],
    },
  ]
}

export const exitRows: readonly (readonly [string, string])[] = [
  ['any other', "the program's own"],
  [String(exitCodes.diverged), 'a replay that left its recording'],
  [String(exitCodes.timeout), 'stopped by --timeout'],
  [String(exitCodes.usage), 'wrong options'],
  [String(exitCodes.notRunnable), 'no WebAssembly, or an import or the function to call is missing'],
  [String(exitCodes.notFound), 'no such file or command'],
  [String(exitCodes.trap), 'a trap'],
]
