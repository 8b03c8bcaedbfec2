# shellcheck shell=bash
# package, code, functions, events: the app itself, and then the events that need it.

PACKAGE=.local/deploy/interact.zip

step_package() {
  local options=()
  [[ $(parameter openTelemetry false) != [Tt]rue ]] || options=(--telemetry)
  change python3 "$INFRA/package.py" --output "$ROOT/$PACKAGE" ${options[@]+"${options[@]}"}
}

step_code() {
  require_main
  [[ $PLAN == yes || -f $ROOT/$PACKAGE ]] || fail "$PACKAGE is missing" "$SELF $ENVIRONMENT --from package"
  # Azure answers 403 until the identity's roles have reached the storage account.
  patiently 6 "look at the log that Azure has named, then: $SELF $ENVIRONMENT --from code" \
    az functionapp deployment source config-zip --resource-group "$RESOURCE_GROUP" --name "$(output functionAppName)" \
    --src "$ROOT/$PACKAGE" --build-remote true --timeout 900 --output none
}

# Event Grid refuses a subscription to a function that does not exist; an app that fails to index has none at all.
step_functions() {
  local expected listed pause=${INTERACT_RETRY_SECONDS:-10} try
  require_main
  expected=$(python3 "$INFRA/package.py" --functions)
  if [[ $PLAN == yes ]]; then
    say "  would wait for: $(tr '\n' ' ' <<<"$expected")"
    return
  fi
  for ((try = 1; try <= 30; try++)); do
    listed=$(az functionapp function list --resource-group "$RESOURCE_GROUP" --name "$(output functionAppName)" \
      --query "[].name" --output tsv | sed 's|.*/||' | sort)
    if [[ $listed == "$expected" ]]; then
      say "  $(wc -l <<<"$listed") functions"
      return
    fi
    sleep "$pause"
  done
  fail "the app lists ${listed:-no function}, not $(tr '\n' ' ' <<<"$expected")" \
    "traces in Application Insights say what the import failed at; then $SELF $ENVIRONMENT --from code"
}

step_events() {
  require_main
  if [[ -z $(output topicName) ]]; then
    say "  no ACS, no events"
    return
  fi
  patiently 3 "see what Azure has named above; $SELF $ENVIRONMENT --from functions if a function is missing" \
    az deployment group create --resource-group "$RESOURCE_GROUP" --name interact-events \
    --template-file "$INFRA/bicep/events.bicep" --output none --parameters \
    "functionAppName=$(output functionAppName)" "topicName=$(output topicName)" \
    "topicResourceGroup=$(output topicResourceGroup)" "storageName=$(output storageName)" \
    "deadLetterContainer=$(output deadLetterContainer)"
}
