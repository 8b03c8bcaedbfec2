"""The programs that stand on the PATH in place of the Azure CLI and of `interact`, in bash, as they start fastest.

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

INTERACT = """#!/usr/bin/env bash
echo "interact $*"
exit "${INTERACT_ENDS_WITH:-0}"
"""
