# Asks the completion in the file $argv[1] for each line of standard input; the candidates stand in one line each.
source $argv[1]
while read -l line
    echo (complete -C $line | string split -f 1 \t | string join ' ')
end
