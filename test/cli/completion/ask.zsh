# Asks the completion in the file $1 for each line of standard input; the candidates stand in one line each. A terminal
# of its own has the line editor, which alone may complete; what would be shown there is written into a pipe.
zmodload zsh/zpty
folder=$(mktemp -d)
trap "rm -rf $folder" EXIT
mkfifo $folder/in $folder/out
cat >$folder/editor <<'EDITOR'
PROMPT= RPROMPT=
autoload -Uz compinit && compinit -u -D
source $COMPLETION
compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  local -a hits
  builtin compadd -A hits "$@"
  found+=($hits)
  builtin compadd "$@"
}
answer() {
  typeset -ga found
  while IFS= read -r BUFFER <&3; do
    found=() CURSOR=$#BUFFER
    zle list-choices
    print -r -- "${(u)found}" >&4
  done
  exit
}
zle -N zle-line-init answer
exec 3<$FOLDER/in 4>$FOLDER/out
EDITOR
export COMPLETION=$1 FOLDER=$folder
zpty shell zsh -f -i
zpty -w shell "source $folder/editor"
exec 3>$folder/in 4<$folder/out
while IFS= read -r line; do
  print -r -- "$line" >&3
  IFS= read -r found <&4
  print -r -- "$found"
done
