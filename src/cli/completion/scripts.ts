/**
 * Scripts that make shells complete the words of bpflens. Each hands the words over as they are, and shows the answer (see
 * words.ts); files and folders are completed by the shell itself.
 */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** Words are parted at `=` and `:`, too: they are put together again, and the part that readline has left off the answers. */
const BASH = `# bash completion of bpflens: source <(bpflens completion bash)
_bpflens() {
    local rest=\${COMP_LINE#*"\${COMP_WORDS[0]}"} typed=() count=0 files="" i word line
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=\${COMP_WORDS[i]}
        if [[ $count -gt 0 && $rest != [[:blank:]]* ]]; then
            typed[count - 1]+=$word
        else
            typed[count++]=$word
        fi
        rest=\${rest#"\${rest%%[![:blank:]]*}"}
        rest=\${rest#"$word"}
    done
    word=\${typed[count - 1]}
    local quoted=\${word%%[!\\"\\']*}
    word=\${word#"$quoted"}
    typed[count - 1]=$word
    local left=\${word%"$2"}
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :*) files=\${line%% *} ;;
            *)
                word=\${line%%$'\\t'*}
                word=\${word#"$left"}
                [[ ! $quoted && $word == *[!A-Za-z0-9_./:=,@%+-]* ]] && printf -v word %q "$word"
                COMPREPLY+=("$word")
                ;;
        esac
    done < <(bpflens completion words -- "\${typed[@]}" </dev/null 2>/dev/null)
    if [[ $files && \${#COMPREPLY[@]} -eq 0 ]]; then
        [[ $files == :folders ]] && compopt -o dirnames || compopt -o default
    elif [[ $files ]]; then
        compopt -o filenames
        while IFS= read -r word; do
            COMPREPLY+=("$word")
        done < <(compgen -f -- "$2")
    elif [[ \${COMPREPLY[0]} == *[/=:] ]]; then
        compopt -o nospace
    fi 2>/dev/null
}
complete -o nosort -F _bpflens bpflens 2>/dev/null || complete -F _bpflens bpflens
`;

const ZSH = `#compdef bpflens
# zsh completion of bpflens, behind compinit: source <(bpflens completion zsh)
_bpflens() {
    local line word about asked
    local -a closed open
    for line in "\${(@f)$(bpflens completion words -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" </dev/null 2>/dev/null)}"; do
        case $line in
            '') ;;
            :*) asked=$line ;;
            *)
                word=\${line%%$'\\t'*}
                about=\${line#"$word"}
                about=\${about#$'\\t'}
                word=\${word//\\\\/\\\\\\\\}
                word=\${word//:/\\\\:}\${about:+:$about}
                if [[ \${line%%$'\\t'*} == *[/=:] ]]; then open+=("$word"); else closed+=("$word"); fi
                ;;
        esac
    done
    (( $#closed )) && _describe -V bpflens closed
    (( $#open )) && _describe -V bpflens open -S ''
    if [[ -n $asked ]]; then
        compset -P "\${(b)asked#* }"
        if [[ $asked == :folders* ]]; then _files -/; else _files; fi
    fi
}
if [[ $funcstack[1] == _bpflens ]]; then
    _bpflens "$@"
else
    compdef _bpflens bpflens
fi
`;

const FISH = `# fish completion of bpflens: bpflens completion fish > ~/.config/fish/completions/bpflens.fish
function __bpflens_complete
    set -l typed (commandline -opc)
    set -e typed[1]
    set -l current (commandline -ct)
    for line in (bpflens completion words -- $typed "$current" </dev/null 2>/dev/null)
        if not string match -q ':*' -- $line
            printf '%s\\n' $line
            continue
        end
        set -l asked (string split -m 1 ' ' -- $line)
        set -l path (string sub -s (math (string length -- "$asked[2]") + 1) -- "$current")
        if test $asked[1] = :folders
            string join \\n -- "$asked[2]"(__fish_complete_directories "$path")
        else
            string join \\n -- "$asked[2]"(__fish_complete_path "$path")
        end
    end
end
complete -c bpflens -f -k -a '(__bpflens_complete)'
`;

export const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
};
