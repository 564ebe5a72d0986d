/**
 * A script for each shell. It asks `signalbox __complete` with the words up to the cursor, and gets a line for each candidate:
 * the word, a tab, its description. The line `:files` says that a file can stand there, which the shell completes itself.
 */
export const SCRIPTS: Readonly<Record<string, string>> = {
  // bash takes the words apart at "=", and replaces only what stands after it. Before bash 4 there is no compopt.
  bash: `_signalbox() {
  local i line prefix="" words=()
  COMPREPLY=()
  for ((i = 1; i <= COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} == "=" && \${#words[@]} -gt 0 ]]; then
      words[\${#words[@]}-1]+="="
      prefix=\${words[\${#words[@]}-1]}
    elif [[ -n $prefix ]]; then
      words[\${#words[@]}-1]+=\${COMP_WORDS[i]}
      ((i < COMP_CWORD)) && prefix=""
    else
      words+=("\${COMP_WORDS[i]}")
    fi
  done
  compopt +o default 2>/dev/null
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o default 2>/dev/null
    else
      line=\${line%%$'\\t'*}
      COMPREPLY+=("\${line#"$prefix"}")
    fi
  done < <(signalbox __complete "\${words[@]}" 2>/dev/null)
}
complete -o default -F _signalbox signalbox
`,
  zsh: `#compdef signalbox
_signalbox() {
  local line files=0
  local -a shown
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      files=1
    else
      shown+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done < <(signalbox __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#shown} )) && _describe signalbox shown
  (( files )) && _files
}
if [[ \${funcstack[1]} == _signalbox ]]; then
  _signalbox "$@"
else
  compdef _signalbox signalbox
fi
`,
  fish: `function __signalbox_complete
    set -l current (commandline -ct)
    set -l words (commandline -opc) "$current"
    for line in (signalbox __complete $words[2..-1] 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$current"
        else
            printf '%s\\n' $line
        end
    end
end
complete -c signalbox -f -a '(__signalbox_complete)'
`,
  // Some versions leave an empty argument out, so --next stands for it. If nothing is returned, PowerShell completes files.
  powershell: `Register-ArgumentCompleter -Native -CommandName signalbox -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  if ($wordToComplete -eq '') { $words = @('--next') + $words }
  signalbox __complete @words 2>$null | Where-Object { $_ -ne ':files' } | ForEach-Object {
    $value, $description = $_ -split "\\t", 2
    if (-not $description) { $description = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
  }
}
`,
};
