# shellcheck shell=bash
# Whether a deployment can succeed: every fault at once, each with its fix. Reads only.

MINIMUM_CLI=2.75.0
PROVIDERS=(
  Microsoft.App Microsoft.BotService Microsoft.Communication Microsoft.EventGrid Microsoft.Insights Microsoft.KeyVault
  Microsoft.ManagedIdentity Microsoft.OperationalInsights Microsoft.SignalRService Microsoft.Storage Microsoft.Web
)
FLEX_QUOTA_MB=512000

step_preflight() {
  PROBLEMS=0
  check_tools
  check_sign_in
  check_names
  check_providers
  check_region
  check_permissions
  check_earlier_run
  check_acs
  check_names_are_free
  ((PROBLEMS == 0)) || fail "$PROBLEMS things stand in the way" "see above, then: $SELF $ENVIRONMENT"
  say "  nothing stands in the way"
}

# problem CAUSE FIX
problem() {
  PROBLEMS=$((PROBLEMS + 1))
  printf '  ✗ %s\n    Fix: %s\n' "$1" "$2"
}

check_tools() {
  local version
  version=$(az version --query '"azure-cli"' --output tsv)
  if [[ $(answer older "$version" "$MINIMUM_CLI") == yes ]]; then
    problem "Azure CLI $version is too old: $MINIMUM_CLI or newer is needed" "az upgrade"
  fi
  command -v openssl >/dev/null || problem "openssl is missing" "install it with your system's packages"
  command -v interact >/dev/null || [[ -x $ROOT/.venv/bin/python ]] || problem "the command interact is missing" "make prepare"
}

check_sign_in() {
  local name
  if ! az account get-access-token --output none 2>"$SCRATCH/token.txt"; then
    fail "you are not signed in to Azure, or no longer" "az login"
  fi
  SUBSCRIPTION=$(az account show --query id --output tsv)
  TENANT=$(az account show --query tenantId --output tsv)
  name=$(az account show --query name --output tsv)
  say "  subscription $name ($SUBSCRIPTION), directory $TENANT"
  if [[ -n $WANTED_SUBSCRIPTION && $WANTED_SUBSCRIPTION != "$SUBSCRIPTION" && $WANTED_SUBSCRIPTION != "$name" ]]; then
    fail "this is not the subscription $WANTED_SUBSCRIPTION" "az account set --subscription '$WANTED_SUBSCRIPTION'"
  fi
}

check_names() {
  [[ $NAME =~ ^[a-z][a-z0-9]{1,9}$ ]] ||
    problem "the name '$NAME' does not fit: 2 to 10 small letters and digits, a letter first" "--name lunifico"
  local existing
  existing=$(parameter existingAcsName)
  [[ $existing != *_* ]] ||
    problem "the ACS resource '$existing' has an underscore in its name, which its connection string cannot carry" \
      "make one without underscores and name it in $(parameters_file)"
}

check_providers() {
  local wanted=("${PROVIDERS[@]}") provider unregistered
  [[ $(parameter vnetEnabled false) == false ]] || wanted+=(Microsoft.Network)
  [[ $(parameter frontDoorEnabled false) == false ]] || wanted+=(Microsoft.Cdn)
  unregistered=$(az provider list --query "[?registrationState!='Registered'].namespace" --output tsv)
  for provider in "${wanted[@]}"; do
    if grep -qix "$provider" <<<"$unregistered"; then
      problem "the resource provider $provider is not registered in this subscription" \
        "az provider register --namespace $provider --wait"
    fi
  done
}

check_region() {
  local python regions versions memory instances
  regions=$(az functionapp list-flexconsumption-locations --query "[].name" --output tsv)
  if ! grep -qix "${LOCATION// /}" <<<"${regions// /}"; then
    problem "$LOCATION has no Flex Consumption" "--location with one of: $(tr '\n' ' ' <<<"$regions")"
    return
  fi
  python=$(parameter pythonVersion 3.13)
  versions=$(az functionapp list-flexconsumption-runtimes --location "$LOCATION" --runtime python \
    --query "[].version" --output tsv)
  if ! grep -qx "$python" <<<"$versions"; then
    problem "Flex Consumption in $LOCATION has no Python $python" \
      "set pythonVersion in $(parameters_file) to one of: $(tr '\n' ' ' <<<"$versions")"
  fi
  memory=$(parameter instanceMemoryMB 2048)
  instances=$(parameter maximumInstanceCount 40)
  if ((memory * instances > FLEX_QUOTA_MB)); then
    warn "$instances instances of $memory MB are more than the $FLEX_QUOTA_MB MB that a subscription has by default in" \
      "a region; the app will stop growing there until Microsoft raises the quota"
  fi
}

check_permissions() {
  local scope=/subscriptions/$SUBSCRIPTION missing
  if group_exists; then
    scope+=/resourceGroups/$RESOURCE_GROUP
  fi
  missing=$(az rest --method get \
    --url "https://management.azure.com$scope/providers/Microsoft.Authorization/permissions?api-version=2022-04-01" |
    answer missing-actions)
  if [[ -n $missing ]]; then
    problem "you lack rights at $scope: $(tr '\n' ' ' <<<"$missing")" \
      "have somebody give you Contributor and Role Based Access Control Administrator there"
  fi
}

check_earlier_run() {
  local running state
  group_exists || return 0
  state=$(az group show --name "$RESOURCE_GROUP" --query properties.provisioningState --output tsv)
  if [[ $state == Deleting ]]; then
    problem "$RESOURCE_GROUP is being deleted" "az group wait --name $RESOURCE_GROUP --deleted"
    return
  fi
  running=$(az deployment group list --resource-group "$RESOURCE_GROUP" \
    --query "[?properties.provisioningState=='Running'].name" --output tsv)
  if [[ -n $running ]]; then
    problem "an earlier deployment is still running in $RESOURCE_GROUP" \
      "az deployment group wait --resource-group $RESOURCE_GROUP --name $(head -1 <<<"$running") --created"
  fi
}
