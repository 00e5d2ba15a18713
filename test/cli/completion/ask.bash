# Asks the completion in the file $1 for each line of standard input; the candidates stand in one line each.
source "$1"
while IFS= read -r line; do
  # As readline breaks words, for command lines without quotes: '=' is a word of its own.
  read -ra COMP_WORDS <<<"${line//=/ = }"
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=${#line} COMPREPLY=()
  compopt() { :; } # It works only while readline asks.
  _proviso proviso
  echo "${COMPREPLY[*]}"
done
