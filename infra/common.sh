# shellcheck shell=bash disable=SC2034 # what is set here is used by the scripts that source this file
# What the deployment scripts share: saying, asking, changing, failing. Sourced, never run.

INFRA=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$INFRA")
SCRATCH=$(mktemp -d)

PLAN=no
ASSUME_YES=no
BOT_APP_ID=${INTERACT_BOT_APP_ID:-}
RESOURCE_GROUP=${AZURE_RESOURCE_GROUP:-}
PARAMETERS=
OUTPUTS=

say() { printf '%s\n' "$*"; }

warn() { printf 'Note: %s\n' "$*" >&2; }

# fail CAUSE FIX
fail() {
  printf '\nError: %s\n  Fix: %s\n' "$1" "$2" >&2
  exit 1
}

# change COMMAND…: whatever changes something goes through here, so that --plan changes nothing.
change() {
  if [[ $PLAN == yes ]]; then
    printf '  would run:'
    printf ' %q' "$@"
    printf '\n'
  else
    "$@"
  fi
}

# attempt FIX COMMAND…: a change whose failure has a known fix.
attempt() {
  local fix=$1
  shift
  change "$@" || fail "this did not work: $*" "$fix"
}

# patiently TIMES FIX COMMAND…: a change that may need rights which Azure is still spreading.
patiently() {
  local times=$1 fix=$2 pause=${INTERACT_RETRY_SECONDS:-30} try
  shift 2
  for ((try = 1; ; try++)); do
    if change "$@"; then return; fi
    ((try < times)) || fail "this did not work $times times: $*" "$fix"
    say "  not yet (try $try of $times); again in $pause s"
    sleep "$pause"
  done
}

confirm() {
  [[ $PLAN == no && $ASSUME_YES == no ]] || return 0
  local answer=
  read -r -p "$1 [y/N] " answer || true
  [[ $answer == [yY]* ]] || fail "you have not agreed, so no resource was changed" "run it again and answer y, or pass --yes"
}

answer() { python3 "$INFRA/answers.py" "$@"; }

# run_interact WORDS…: the command line of this project; make prepare has installed what it needs.
run_interact() {
  if command -v interact >/dev/null; then
    interact "$@"
  elif [[ -x $ROOT/.venv/bin/python ]]; then
    (cd "$ROOT" && .venv/bin/python -m cli "$@")
  else
    fail "the command interact is not there" "make prepare"
  fi
}

# What people type for it in the folder of the project.
interact_command() {
  if command -v interact >/dev/null; then printf interact; else printf '.venv/bin/python -m cli'; fi
}

# Where the values of this environment stand.
parameters_file() { printf '%s' "$INFRA/bicep/$ENVIRONMENT.bicepparam"; }

read_parameters() {
  local file built
  file=$(parameters_file)
  built=$(az bicep build-params --file "$file" --stdout) ||
    fail "$file cannot be read" "install Bicep (az bicep install) or mend what it has named above"
  PARAMETERS=$(answer parameters <<<"$built")
  NAME=$(parameter name)
  RESOURCE_GROUP=${RESOURCE_GROUP:-rg-interact-$NAME-$ENVIRONMENT}
}

# parameter NAME [DEFAULT]
parameter() {
  lookup "$1" "$PARAMETERS" || printf '%s' "${2:-}"
}

# lookup NAME LINES: the value of the line "NAME<tab>value". Bash 3, which macOS has, knows no better way.
lookup() {
  local name value
  while IFS=$'\t' read -r name value; do
    if [[ $name == "$1" ]]; then
      printf '%s' "$value"
      return 0
    fi
  done <<<"$2"
  return 1
}

# Names that main.bicep gives; a test holds them together.
set_names() {
  VAULT_NAME=kvinteract$NAME$ENVIRONMENT
  APP_NAME=func-interact-$NAME-$ENVIRONMENT
  REGISTRATION_NAME="Interact $NAME $ENVIRONMENT"
}

# What the newest deployment of main.bicep has said; a line of nothing but a space where there was none.
load_outputs() {
  local printed
  [[ -z $OUTPUTS ]] || return 0
  printed=$(az deployment group list --resource-group "$RESOURCE_GROUP" \
    --query "sort_by([?properties.outputs.functionAppName], &properties.timestamp)[-1].properties.outputs" \
    --output json 2>"$SCRATCH/outputs.txt") || printed=
  OUTPUTS=$(answer outputs <<<"$printed")
  OUTPUTS=${OUTPUTS:- }
}

# output NAME; in a plan before the first deployment, a placeholder.
output() {
  lookup "$1" "$OUTPUTS" || { [[ $PLAN == no ]] || printf '<%s>' "$1"; }
}

# Before a step that needs what main.bicep has made.
require_main() {
  load_outputs
  [[ $PLAN == yes || -n $(output functionAppName) ]] ||
    fail "$RESOURCE_GROUP has no deployment of main.bicep" "$SELF $ENVIRONMENT --from main"
}

group_exists() { [[ $(az group exists --name "$RESOURCE_GROUP") == true ]]; }

# The registration of this environment: given, or found by its name; empty where there is none.
find_registration() {
  local found
  [[ -z $BOT_APP_ID ]] || return 0
  found=$(az ad app list --filter "displayName eq '$REGISTRATION_NAME'" --query "[].appId" --output tsv)
  if (($(wc -w <<<"$found") > 1)); then
    fail "several app registrations are called '$REGISTRATION_NAME'" "name one of them: --bot-app-id $(head -1 <<<"$found")"
  fi
  BOT_APP_ID=$found
}
