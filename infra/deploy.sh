#!/usr/bin/env bash
# Deploys an environment of Interact to Azure, in steps that can be repeated.
#
#   infra/deploy.sh dev|test|prod [options]
#
#   --from STEP            begin with this step
#   --only STEP[,STEP…]    these steps only
#   --plan, --dry-run      look and print what would be changed; change nothing
#   --yes                  do not ask before resources are changed
#   --name NAME            instead of the name in the .bicepparam file
#   --location REGION      instead of its region
#   --resource-group NAME  default: rg-interact-NAME-ENVIRONMENT
#   --subscription ID      refuse to work in another subscription
#   --bot-app-id ID        an app registration that is there already
#   --graph FEATURES       Graph permissions to ask consent for: presence,registration,groupChat,meetings,guests
#   --o365-user UPN        on whose behalf Teams meetings are made; for the access policy
#   --administrator ID     user name or object id of the first administrator; default: you
#   --rotate-session-key   a new session key; the one before stays valid until the next deployment
#
# Steps: preflight registration whatif main package code functions events provision smoke
set -euo pipefail

SELF=infra/deploy.sh
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=steps/preflight.sh
source "$INFRA/steps/preflight.sh"
# shellcheck source=steps/preflight_acs.sh
source "$INFRA/steps/preflight_acs.sh"
# shellcheck source=steps/registration.sh
source "$INFRA/steps/registration.sh"
# shellcheck source=steps/resources.sh
source "$INFRA/steps/resources.sh"
# shellcheck source=steps/code.sh
source "$INFRA/steps/code.sh"
# shellcheck source=steps/provision.sh
source "$INFRA/steps/provision.sh"
# shellcheck source=steps/smoke.sh
source "$INFRA/steps/smoke.sh"

# In a plan, what does not exist yet.
NOBODY=00000000-0000-0000-0000-000000000000
STEPS=(preflight registration whatif main package code functions events provision smoke)
CHOSEN=("${STEPS[@]}")
CURRENT=
WANTED_SUBSCRIPTION=
GRAPH_FEATURES=${INTERACT_GRAPH_FEATURES:-none}
O365_USER=
ADMINISTRATOR=
ROTATE=no

main() {
  read_options "$@"
  cd "$ROOT"
  trap ending EXIT
  CURRENT=parameters
  read_parameters
  set_names
  LOCATION=$(parameter location)
  CURRENT=${CHOSEN[0]}
  # Whoever goes on later may have another subscription by then, or none; a package needs neither.
  [[ " ${CHOSEN[*]} " == *" preflight "* || ${CHOSEN[*]} == package ]] || check_sign_in
  for CURRENT in "${CHOSEN[@]}"; do
    say "== $CURRENT"
    "step_$CURRENT"
  done
  CURRENT=
  say ""
  say "Done: $ENVIRONMENT in $RESOURCE_GROUP."
}

read_options() {
  local help
  help=$(sed -n '/^#   /s/^#   //p; /^# Steps/s/^# //p' "$ROOT/$SELF")
  case ${1:-} in
    dev | test | prod) ENVIRONMENT=$1 ;;
    -h | --help) say "$help" && exit 0 ;;
    *) fail "name the environment first: dev, test or prod" "$SELF dev --plan" ;;
  esac
  [[ -f $(parameters_file) ]] || fail "$(parameters_file) does not exist" "copy prod.bicepparam and change its values"
  shift
  while (($# > 0)); do
    case $1 in
      --plan | --dry-run) PLAN=yes ;;
      --yes) ASSUME_YES=yes ;;
      --rotate-session-key) ROTATE=yes ;;
      -h | --help) say "$help" && exit 0 ;;
      --from | --only | --name | --location | --resource-group | --subscription | --bot-app-id | --graph | --o365-user | --administrator)
        (($# > 1)) || fail "$1 needs a value" "$SELF --help"
        read_option "$1" "$2"
        shift
        ;;
      *) fail "unknown option: $1" "$SELF --help" ;;
    esac
    shift
  done
}

# read_option NAME VALUE
read_option() {
  case $1 in
    --from) choose_from "$2" ;;
    --only) choose_only "$2" ;;
    # The .bicepparam files read these.
    --name) export INTERACT_NAME=$2 ;;
    --location) export INTERACT_LOCATION=$2 ;;
    --resource-group) RESOURCE_GROUP=$2 ;;
    --subscription) WANTED_SUBSCRIPTION=$2 ;;
    --bot-app-id) BOT_APP_ID=$2 ;;
    --graph)
      GRAPH_FEATURES=$2
      export INTERACT_GRAPH_FEATURES=$2
      ;;
    --o365-user) O365_USER=$2 ;;
    --administrator) ADMINISTRATOR=$2 ;;
  esac
}

is_step() { [[ " ${STEPS[*]} " == *" $1 "* ]]; }

choose_from() {
  local step
  is_step "$1" || fail "there is no step $1" "one of: ${STEPS[*]}"
  CHOSEN=()
  for step in "${STEPS[@]}"; do
    if [[ $step == "$1" || ${#CHOSEN[@]} -gt 0 ]]; then
      CHOSEN+=("$step")
    fi
  done
}

choose_only() {
  local step
  IFS=, read -r -a CHOSEN <<<"$1"
  for step in "${CHOSEN[@]}"; do
    is_step "$step" || fail "there is no step $step" "one of: ${STEPS[*]}"
  done
}

ending() {
  local code=$?
  rm -rf "$SCRATCH"
  if ((code != 0)) && is_step "${CURRENT:-none}"; then
    printf '\nStopped in the step %s. Go on with the same options and: %s %s --from %s\n' \
      "$CURRENT" "$SELF" "$ENVIRONMENT" "$CURRENT" >&2
  fi
}

main "$@"
