import {
  type CommandRow,
  commands,
  type OptionGroup,
  type OptionRow,
  SHORT,
  type shells,
  type Values,
} from './table.js'

/** The script with which a shell completes the command line; undefined for a shell that is not known. */
export function completionFor(shell: string, groups: readonly OptionGroup[]): string | undefined {
  const options = groups.flatMap(({ rows }) => rows)
  const scripts = { bash, zsh, fish } satisfies Record<(typeof shells)[number], unknown>
  return Object.hasOwn(scripts, shell) ? scripts[shell as keyof typeof scripts](options) : undefined
}

/** `-h` and `--help` of one row. */
function namesOf({ names }: OptionRow): string[] {
  return names.split(', ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** `run` is followed by what the command itself is followed by. */
const others = commands.filter(({ name }) => name !== 'run')

function bash(options: readonly OptionRow[]): string {
  const taking = options.filter(({ value }) => value !== undefined)
  const byValue = taking.map((row) => `      ${row.names}|${row.names}=) ${bashValues(row.values)} ;;`)
  const traces = options.flatMap(({ names }) => /^--trace=(\w+)$/.exec(names)?.slice(1) ?? [])
  const byCommand = others.map((row) => `    ${row.name}) ${bashCommand(row)} ;;`)
  return `# posix-wasm completion bash: source this, or put it into a file of bash-completion
_posix_wasm() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} first= i
  COMPREPLY=()
  if [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}=; fi
  if [[ $cur == = ]]; then prev+== cur=; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${taking.flatMap(namesOf).join('|')})
        if [[ \${COMP_WORDS[i + 1]} == = ]]; then ((i++)); fi
        ((i++)) ;;
      =) ((i++)) ;;
      -*|run) ;;
      *) first=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case $first in
    '') ;;
${byCommand.join('\n')}
    *) COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  if [[ -n $first ]]; then return; fi
  case $prev in
${byValue.join('\n')}
      --trace=) COMPREPLY=($(compgen -W ${quoted(traces.join(' '))} -- "$cur")) ;;
      *)
        if [[ $cur == -* ]]; then
          COMPREPLY=($(compgen -W ${quoted(options.flatMap(namesOf).join(' '))} -- "$cur"))
        else
          COMPREPLY=($(compgen -W ${quoted(commands.map(({ name }) => name).join(' '))} -- "$cur"))
          COMPREPLY+=($(compgen -f -X '!*.wasm' -- "$cur") $(compgen -d -- "$cur"))
        fi ;;
  esac
}
complete -o filenames -F _posix_wasm posix-wasm`
}

function bashCommand({ words = [], options = [], values }: CommandRow): string {
  const known = [...words, ...options.flatMap(namesOf)]
  const fixed = known.length > 0 ? [`COMPREPLY=($(compgen -W ${quoted(known.join(' '))} -- "$cur"))`] : []
  const files = values === undefined ? [] : [bashFiles(values, '+=')]
  return [...fixed, ...files, ':'].join('; ')
}

function bashValues(values: Values | undefined): string {
  if (values === undefined) return ':'
  if (typeof values === 'string') return bashFiles(values, '=')
  const keepsWord = values.some((word) => word.endsWith('=')) ? '; compopt -o nospace' : ''
  return `COMPREPLY=($(compgen -W ${quoted(values.join(' '))} -- "$cur"))${keepsWord}`
}

function bashFiles(values: Values, sign: '=' | '+='): string {
  if (values === 'folder') return `COMPREPLY${sign}($(compgen -d -- "$cur"))`
  if (values === '.wasm') return `COMPREPLY${sign}($(compgen -f -X '!*.wasm' -- "$cur") $(compgen -d -- "$cur"))`
  return `COMPREPLY${sign}($(compgen -f -- "$cur"))`
}

function zsh(options: readonly OptionRow[]): string {
  const specs = options.map((row) => `    ${quoted(zshOption(row))}`)
  const byCommand = others.map((row) => `    ${row.name}) ${zshCommand(row)} ;;`)
  return `#compdef posix-wasm
# posix-wasm completion zsh: put this into a file _posix-wasm in a folder of fpath
_posix_wasm() {
  local -a commands options
  local context state state_descr line
  typeset -A opt_args
  commands=(
${commands.map(({ name, text }) => `    ${quoted(`${name.replaceAll(':', '\\:')}:${text}`)}`).join('\n')}
  )
  options=(
${specs.join('\n')}
  )
  if [[ \${words[2]} == run ]]; then
    words[2]=()
    ((CURRENT--))
  fi
  _arguments -S -A '-*' $options '1: :->first' '*:: :->rest' && return
  case $state in
    first)
      _describe -t commands command commands
      _files -g '*.wasm' ;;
    rest)
      case $line[1] in
${byCommand.map((line) => `    ${line}`).join('\n')}
        *) _files ;;
      esac ;;
  esac
}
if [[ $funcstack[1] == _posix_wasm || $funcstack[1] == _posix-wasm ]]; then
  _posix_wasm "$@"
else
  compdef _posix_wasm posix-wasm
fi`
}

function zshOption(row: OptionRow): string {
  const [name = '', ...more] = namesOf(row)
  const text = row.text.replace(/[[\]:]/g, '\\$&')
  const names = more.length > 0 ? `(${[name, ...more].join(' ')})${name}` : `*${name}`
  if (row.value === undefined) return `${names}[${text}]`
  const label = row.value.replace(/[<>:[\]]/g, '')
  return `${names}=[${text}]:${label}:${zshValues(row.values)}`
}

function zshValues(values: Values | undefined): string {
  if (values === undefined) return ''
  if (values === 'folder') return '_files -/'
  if (typeof values === 'string') return '_files'
  return `(${values.join(' ')})`
}

function zshCommand({ words = [], options = [], values }: CommandRow): string {
  const known = [...words, ...options.flatMap(namesOf)]
  const fixed = known.length > 0 ? [`compadd -- ${known.join(' ')}`] : []
  const files = values === undefined ? [] : [values === '.wasm' ? "_files -g '*.wasm'" : '_files']
  return [...fixed, ...files].join('; ') || ':'
}

function fish(options: readonly OptionRow[]): string {
  const first = '__posix_wasm_first'
  const modules = (condition: string) => `complete -c posix-wasm -n ${condition} -f -a '(__posix_wasm_modules)'`
  const lines = [
    modules(first),
    ...commands.map(({ name, text }) => `complete -c posix-wasm -n ${first} -a ${quoted(name)} -d ${quoted(text)}`),
    ...options.flatMap((row) => fishOption(row, first)),
    ...others.flatMap(({ name, words = [], options = [], values }) => {
      const under = quoted(`__posix_wasm_under ${name}`)
      return [
        ...(values === '.wasm' ? [modules(under)] : []),
        ...words.map((word) => {
          return `complete -c posix-wasm -n ${under} ${values === undefined ? '-f ' : ''}-a ${quoted(word)}`
        }),
        ...options.map(({ names, text }) => {
          return `complete -c posix-wasm -n ${under} -l ${names.replace(/^--/, '')} -d ${quoted(text)}`
        }),
      ]
    }),
  ]
  const taking = options.filter(({ value }) => value !== undefined).flatMap(namesOf)
  return `# posix-wasm completion fish: put this into ~/.config/fish/completions/posix-wasm.fish
function __posix_wasm_word -d ${quoted('The module or the command on the line, if there is one')}
  set -l skips 0
  for word in (commandline -opc)[2..-1]
    if test $skips = 1
      set skips 0
    else if contains -- $word ${taking.join(' ')}
      set skips 1
    else if not string match -q -- '-*' $word; and test $word != run
      echo $word
      return 0
    end
  end
  return 1
end
function ${first}
  not __posix_wasm_word >/dev/null
end
function __posix_wasm_under
  test (__posix_wasm_word; or echo) = $argv[1]
end
function __posix_wasm_modules
  string match -r -- '^.*(?:\\.wasm|/)(?=\\t|$)' (__fish_complete_path (commandline -ct))
end
# ${SHORT}
${lines.join('\n')}`
}

function fishOption(row: OptionRow, first: string): string[] {
  const flags = namesOf(row).map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
  const head = `complete -c posix-wasm -n ${first} ${flags.join(' ')} -d ${quoted(row.text)}`
  if (row.value === undefined) return [head]
  const values = row.values
  if (values === undefined) return [`${head} -x`]
  if (typeof values !== 'string') return [`${head} -x -a ${quoted(values.join(' '))}`]
  return [values === 'folder' ? `${head} -x -a '(__fish_complete_directories)'` : `${head} -r -F`]
}
