# shellcheck shell=bash
# smoke: whether it works, from outside; and what can be seen only with rights in the subscription.

step_smoke() {
  local url
  require_main
  url=$(output publicUrl)
  if [[ $PLAN == yes ]]; then
    say "  would run: interact smoke $url"
    say "  would look for a storage key beside the identity, and for dead letters"
    return
  fi
  run_interact smoke "$url" ||
    fail "the deployment does not work yet" "do what is said above, then: $SELF $ENVIRONMENT --only smoke"
  check_no_storage_key
  check_dead_letters
}

# The platform has been seen to add a connection string beside the identity, which then takes precedence.
check_no_storage_key() {
  local app found
  app=$(output functionAppName)
  found=$(az functionapp config appsettings list --resource-group "$RESOURCE_GROUP" --name "$app" \
    --query "[?name=='AzureWebJobsStorage' || name=='DEPLOYMENT_STORAGE_CONNECTION_STRING'].name" --output tsv \
    2>"$SCRATCH/settings.txt") || fail "the settings of $app cannot be read" "az login"
  [[ -z $found ]] ||
    fail "the app has $(tr '\n' ' ' <<<"$found")beside its identity" \
      "az functionapp config appsettings delete --resource-group $RESOURCE_GROUP --name $app --setting-names $(tr '\n' ' ' <<<"$found")"
  say "  no storage key beside the identity"
}

check_dead_letters() {
  local count
  if ! count=$(az storage blob list --account-name "$(output storageName)" --container-name "$(output deadLetterContainer)" \
    --auth-mode login --num-results 1 --query "length(@)" --output tsv 2>"$SCRATCH/letters.txt"); then
    warn "dead letters were not looked at: that needs the role Storage Blob Data Reader, and a way into the network"
  elif ((count > 0)); then
    fail "events are in the container $(output deadLetterContainer)" "read there why they could not be delivered"
  else
    say "  no dead letters"
  fi
}
