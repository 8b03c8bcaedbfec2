# shellcheck shell=bash
# whatif and main: the resources, shown before they are changed.

SESSION_KEY_API=2024-11-01

step_whatif() {
  use_template
  attempt "$SELF $ENVIRONMENT --only preflight says whether you may" \
    az group create --name "$RESOURCE_GROUP" --location "$LOCATION" --output none \
    --tags application=interact "environment=$ENVIRONMENT" "azd-env-name=$ENVIRONMENT"
  if [[ $PLAN == yes ]] && ! group_exists; then
    say "  everything in main.bicep would be new"
  else
    az deployment group what-if --resource-group "$RESOURCE_GROUP" --name interact-main \
      --parameters "$(parameters_file)" --exclude-change-types Ignore NoChange
  fi
  confirm "Make these changes?"
}

step_main() {
  use_template
  attempt "mend what Azure has named above; everything that is there already stays as it is" \
    az deployment group create --resource-group "$RESOURCE_GROUP" --name interact-main \
    --parameters "$(parameters_file)" --output none
  OUTPUTS=
}

# The .bicepparam files read these from the environment, so that no key is on a command line.
use_template() {
  local current
  find_registration
  if [[ -z $BOT_APP_ID && $PLAN == no ]]; then
    fail "there is no app registration yet" "$SELF $ENVIRONMENT --from registration"
  fi
  export INTERACT_BOT_APP_ID=${BOT_APP_ID:-$NOBODY}
  [[ -z ${INTERACT_NEW_SESSION_KEY:-} ]] || return 0
  current=$(session_key_version)
  if [[ -z $current || $ROTATE == yes ]]; then
    INTERACT_NEW_SESSION_KEY=$(openssl rand -base64 32)
    INTERACT_PREVIOUS_SESSION_KEY_URI=$current
    export INTERACT_NEW_SESSION_KEY INTERACT_PREVIOUS_SESSION_KEY_URI
  fi
}

# The URI of the key's newest version, as Resource Manager knows it: without its value, and without a right to read it.
session_key_version() {
  local vaults
  vaults=$(az resource list --resource-group "$RESOURCE_GROUP" --name "$VAULT_NAME" \
    --resource-type Microsoft.KeyVault/vaults --query "[].id" --output tsv 2>"$SCRATCH/vaults.txt") || return 0
  [[ -n $vaults ]] || return 0
  az resource show --ids "$vaults/secrets/session-key" --api-version "$SESSION_KEY_API" \
    --query properties.secretUriWithVersion --output tsv 2>"$SCRATCH/key.txt" || true
}
