/** The shells completion is written for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What a shell is told where a file may be named. */
export const FILES = ':files';

/** What a shell reads to complete the command: it asks the command itself what can follow. */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# contractor: completion for bash. To have it: source <(contractor completion bash)
_contractor() {
  local IFS=$'\\n'
  COMPREPLY=($("\${COMP_WORDS[0]}" complete bash -- "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
  if [ "\${COMPREPLY[0]}" = "${FILES}" ]; then
    COMPREPLY=()
    compopt -o default
  elif [ "\${#COMPREPLY[@]}" = 1 ] && [[ "\${COMPREPLY[0]}" == */ ]]; then
    compopt -o nospace
  fi
}
complete -F _contractor contractor`,
  zsh: `#compdef contractor
# contractor: completion for zsh. To have it: source <(contractor completion zsh), after compinit
_contractor() {
  local -a lines
  lines=("\${(@f)$("\${words[1]}" complete zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [ "\${lines[1]}" = "${FILES}" ]; then
    _files
  elif [ -n "\${lines[1]}" ]; then
    _describe -V contractor lines
  fi
}
compdef _contractor contractor`,
  fish: `# contractor: completion for fish. To have it: contractor completion fish | source
function __contractor_complete
  set -l lines (contractor complete fish -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
  if test "$lines[1]" = "${FILES}"
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $lines
  end
end
complete -c contractor -f -a '(__contractor_complete)'`,
};

/** A candidate as a shell reads it. @param cut how much of the word the shell has set aside already */
export function candidateLine(
  shell: Shell,
  { text, does }: { readonly text: string; readonly does: string },
  cut = 0,
): string {
  const what = does.replace(/\s+/g, ' ');
  if (shell === 'bash') return text.slice(cut);
  const word = shell === 'zsh' ? text.replaceAll(':', '\\:') : text;
  if (what === '') return word;
  return shell === 'zsh' ? `${word}:${what}` : `${word}\t${what}`;
}

/** How much of a word bash sets aside, which takes `=` and `:` for the begin of a new one. */
export const cutByBash = (word: string): number => Math.max(word.lastIndexOf('='), word.lastIndexOf(':')) + 1;
