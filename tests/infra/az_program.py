"""The programs that stand on the PATH in place of the Azure CLI and of curl, in bash, as they start fastest.

`PROGRAM` notes each word of a command line, keeps a copy of files named by @, and takes the first rule that fits.
"""

from __future__ import annotations

PROGRAM = """#!/usr/bin/env bash
here={directory}
words=()
for word in "$@"; do
  if [[ $word == @* && -f ${{word#@}} ]]; then
    copy=$here/files/$RANDOM$RANDOM.json
    cp "${{word#@}}" "$copy"
    word=@$copy
  fi
  words+=("$word")
done
printf '%s\\x1f' "${{words[@]}}" >>"$here/commands"
printf '\\x1e' >>"$here/commands"
fits() {{
  local wanted word
  for wanted in "$@"; do
    for word in "${{words[@]}}"; do
      [[ $word != "$wanted" ]] || continue 2
    done
    return 1
  done
}}
answer() {{
  local out
  out=$(<"$here/answers/$1.out")
  out=${{out//%INTERACT_NAME%/${{INTERACT_NAME:-lunifico}}}}
  printf '%s' "${{out//%INTERACT_LOCATION%/${{INTERACT_LOCATION:-westeurope}}}}"
  printf '%s' "$(<"$here/answers/$1.err")" >&2
  exit "$2"
}}
first() {{
  [[ ! -e $here/answers/$1.gone ]] && touch "$here/answers/$1.gone"
}}
{rules}
exit 0
"""

CURL = """#!/usr/bin/env bash
if [[ " $* " == *OPTIONS* ]]; then
  printf 'HTTP/1.1 204\\r\\naccess-control-allow-origin: https://smoke.example\\r\\n'
  printf 'access-control-allow-headers: authorization, content-type\\r\\n'
  exit 0
fi
case "${@: -1}" in
  */api/health) printf '{"status": "ok"}\\n200' ;;
  */widget/interact.js) printf '\\n200' ;;
  */contact*) printf '\\n403' ;;
  */api/messages) printf '\\n401' ;;
esac
"""
