#!/usr/bin/env bash
# Deletes an environment with all its conversations and settings. Asks twice.
#
#   infra/destroy.sh dev|test|prod [options]
#
#   --plan, --dry-run      print what would be deleted; delete nothing
#   --name NAME            instead of the name in the .bicepparam file
#   --resource-group NAME  default: rg-interact-NAME-ENVIRONMENT
#   --with-registration    the app registration in Entra ID as well
set -euo pipefail

SELF=infra/destroy.sh
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
WITH_REGISTRATION=no

main() {
  read_options "$@"
  cd "$ROOT"
  trap 'rm -rf "$SCRATCH"' EXIT
  read_parameters
  set_names
  group_exists || fail "there is no resource group $RESOURCE_GROUP in this subscription" \
    "name it (--resource-group), or choose the subscription: az account set --subscription ID"
  say "All of this would be deleted, and nobody could bring the conversations back:"
  az resource list --resource-group "$RESOURCE_GROUP" --query "[].{name: name, type: type}" --output table
  agree "Type the name of the resource group" "$RESOURCE_GROUP"
  agree "Type: delete all conversations of $NAME $ENVIRONMENT" "delete all conversations of $NAME $ENVIRONMENT"
  load_outputs
  remove_subscriptions
  change az group delete --name "$RESOURCE_GROUP" --yes
  remove_registration
  say "Done. The vault $VAULT_NAME can still be recovered for $(parameter vaultRetentionDays 90) days, and its name is taken as long."
}

read_options() {
  ENVIRONMENT=${1:-}
  if [[ $ENVIRONMENT == -h || $ENVIRONMENT == --help ]]; then
    sed -n '/^#   /s/^#   //p' "$ROOT/$SELF"
    exit 0
  fi
  [[ $ENVIRONMENT =~ ^(dev|test|prod)$ ]] || fail "name the environment first: dev, test or prod" "$SELF dev --plan"
  shift
  while (($# > 0)); do
    case $1 in
      --plan | --dry-run) PLAN=yes ;;
      --with-registration) WITH_REGISTRATION=yes ;;
      --name) export INTERACT_NAME=${2:?--name needs a value} && shift ;;
      --resource-group) RESOURCE_GROUP=${2:?--resource-group needs a value} && shift ;;
      *) fail "unknown option: $1" "$SELF --help" ;;
    esac
    shift
  done
}

# agree QUESTION WORDS
agree() {
  local said=
  [[ $PLAN == no ]] || return 0
  read -r -p "$1: " said || true
  [[ $said == "$2" ]] || fail "that was something else; nothing was deleted" "run it again if you are sure"
}

# On a topic that is somebody else's, our subscriptions would stay behind and fail.
remove_subscriptions() {
  local topic group name
  topic=$(output topicName)
  group=$(output topicResourceGroup)
  if [[ -z $topic || $group == "$RESOURCE_GROUP" ]]; then
    return
  fi
  for name in chat incoming-calls calls; do
    change az eventgrid system-topic event-subscription delete --resource-group "$group" --system-topic-name "$topic" \
      --name "$APP_NAME-$name" --yes
  done
}

remove_registration() {
  find_registration
  if [[ -z $BOT_APP_ID ]]; then
    return
  elif [[ $WITH_REGISTRATION == yes ]]; then
    change az ad app delete --id "$BOT_APP_ID"
  else
    say "The app registration $BOT_APP_ID stays; --with-registration deletes it too."
  fi
}

main "$@"
